/** Random numbers that a seed fixes: the same on every engine, for all is 32-bit integer arithmetic. Not for secrets. */

/** A function that gives whole numbers from 0 to `bound - 1`; the same seed gives the same numbers. Mulberry32. */
export function seededRandom(seed: number): (bound: number) => number {
  let state = seed | 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * bound);
  };
}
