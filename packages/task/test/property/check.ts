/** Random programs, run and predicted. */
import type * as Package from '@coppice/task';
import fc from 'fast-check';
import { expect } from 'vitest';
import { predictStream } from './stream-model.ts';
import { type StreamObservation, type StreamProgram, streamProgram } from './stream-program.ts';
import { runStream } from './stream-run.ts';
import { predict } from './task-model.ts';
import { type Observation, type Program, program } from './task-program.ts';
import { runProgram } from './task-run.ts';

/** How often each kind of thing happened in all programs of a check. */
export type Coverage = Map<string, number>;

/** Runs `runs` random programs on tasks of `lib`; rejects with the smallest one whose observation is not the predicted one, or without `shrinks` the first. */
export async function checkTasks(
  lib: typeof Package,
  runs: number,
  seed: number,
  { shrinks = true } = {},
): Promise<Coverage> {
  const coverage: Coverage = new Map();
  const property = fc.asyncProperty(program, async (given) => {
    const observed = await runProgram(lib, given);
    coverTasks(coverage, given, observed);
    expect(observed).toEqual(predict(given));
  });
  await fc.assert(property, { numRuns: runs, seed, endOnFailure: !shrinks });
  return coverage;
}

function coverTasks(
  coverage: Coverage,
  { actions }: Program,
  { results, owner, mailbox, tasks }: Observation,
): void {
  for (const [index, { gave }] of results.entries()) {
    const kind = actions[index]?.kind;
    for (const one of Array.isArray(gave) ? gave : [gave]) count(coverage, `${kind}: ${kindOf(one)}`);
  }
  count(coverage, `owner: ${kindOf(owner.gave)}`);
  for (const message of mailbox) count(coverage, `left behind: ${message.split(' ')[0]}`);
  for (const { gave } of tasks) count(coverage, `task: ${kindOf(gave)}`);
}

/** Consumes `runs` random streams of `lib`; rejects with the smallest one whose observation is not the predicted one, or without `shrinks` the first. */
export async function checkStreams(
  lib: typeof Package,
  runs: number,
  seed: number,
  { shrinks = true } = {},
): Promise<Coverage> {
  const coverage: Coverage = new Map();
  const property = fc.asyncProperty(streamProgram, async (given) => {
    const observed = await runStream(lib, given);
    coverStream(coverage, given, observed);
    expect(observed).toEqual(predictStream(given));
  });
  await fc.assert(property, { numRuns: runs, seed, endOnFailure: !shrinks });
  return coverage;
}

function coverStream(
  coverage: Coverage,
  { from, ordered, items }: StreamProgram,
  { outcomes, consumer, tasks }: StreamObservation,
): void {
  const kind = `${from}, ${ordered ? 'ordered' : 'unordered'}`;
  for (const { what } of outcomes) count(coverage, `${kind}: ${kindOf(what)}`);
  count(coverage, `${kind}, consumer: ${kindOf(consumer.what)}`);
  for (const { end } of tasks.values()) count(coverage, `task: ${kindOf(end.what)}`);
  if (tasks.size < items.length) count(coverage, 'items that were not drawn');
}

function count(coverage: Coverage, what: string): void {
  coverage.set(what, (coverage.get(what) ?? 0) + 1);
}

function kindOf(gave: unknown): string {
  if (typeof gave !== 'object' || gave === null) return String(gave).split(/[ :]/)[0] ?? '';
  const { ok, reason, exit } = gave as { readonly [field: string]: unknown }; // a result of `perform`
  if (exit !== undefined) return `exit ${kindOf(exit)}`;
  return ok === true ? 'ok' : `failure ${kindOf(reason)}`;
}

/** The coverage as lines for people. */
export function formatCoverage(coverage: Coverage): string {
  return [...coverage]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, times]) => `${String(times).padStart(7)}  ${what}`)
    .join('\n');
}
