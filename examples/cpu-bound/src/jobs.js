/**
 * What the threads do: plain functions, one export a job, no processes. What a job takes and gives is copied between the threads. The file is JavaScript
 * because a thread loads it by itself, without the loader of the main program; the compiler checks it all the same.
 */
import { parentPort } from 'node:worker_threads';

/**
 * How many primes there are below `limit`.
 * @param {number} limit
 */
export function countPrimes(limit) {
  let count = 0;
  for (let n = 2; n < limit; n += 1) if (isPrime(n)) count += 1;
  return count;
}

/**
 * Says that it has begun, and never ends.
 * @returns {never}
 */
export function spin() {
  parentPort?.postMessage('spinning');
  for (;;);
}

/**
 * Takes memory until there is none.
 * @returns {never}
 */
export function hoard() {
  const hoarded = [];
  for (;;) hoarded.push(new Array(100_000).fill(0.5));
}

/** @param {number} n */
function isPrime(n) {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) if (n % divisor === 0) return false;
  return true;
}
