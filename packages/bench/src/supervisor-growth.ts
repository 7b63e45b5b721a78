/**
 * What one child costs among 100,000 siblings, beside what it costs among 10: its start, its crash and restart, its termination. The two sizes take turns
 * in slices, so that what else the machine does slows both; of each the lower quartile counts, the slices that were disturbed least.
 */
import { createNode, exit, type Pid, receive, self, send, spawnLink, subscribe } from '@coppice/core';
import {
  type ChildSpec,
  DynamicSupervisor,
  type DynamicSupervisorPid,
  Supervisor,
  type SupervisorPid,
} from '@coppice/supervisor';
import { percentile } from './measure.ts';

const FEW = 10;
const MANY = 100_000;
const BAR = 1.5;
const SLICES = 60;
const SLICE = 100;
const WARM_UP = 6;
const STEPS = ['start', 'crash and restart', 'terminate'] as const;
type Step = (typeof STEPS)[number];
const limit = { maxRestarts: 1_000_000_000, maxSeconds: 1 };

/** A supervisor with siblings, and how one more child is dealt with under it. */
interface Nursery {
  start(n: number): Promise<unknown>;
  /** The child that was started last. */
  readonly last: () => Pid<Crash>;
  terminate(n: number): Promise<unknown>;
}
interface Crash {
  readonly type: 'crash';
}

async function compare(name: string, make: (siblings: number) => Promise<Nursery>): Promise<void> {
  const [few, many] = [new Times(await make(FEW)), new Times(await make(MANY))];
  for (let slice = 0; slice < SLICES; slice += 1) {
    await few.measure(slice);
    await many.measure(slice);
  }
  for (const step of STEPS) print(`${name}: ${step}`, few.of(step), many.of(step));
}

/** Nanoseconds of each step under one nursery, by slice. */
class Times {
  readonly #nursery: Nursery;
  readonly #times: { readonly [S in Step]: number[] } = { start: [], 'crash and restart': [], terminate: [] };

  constructor(nursery: Nursery) {
    this.#nursery = nursery;
  }

  async measure(slice: number): Promise<void> {
    const totals = await timeSlice(this.#nursery, slice);
    if (slice < WARM_UP) return;
    for (const step of STEPS) this.#times[step].push((totals[step] * 1e6) / SLICE);
  }

  of(step: Step): number {
    return percentile(this.#times[step], 0.25);
  }
}

/** Milliseconds of each step, for all children of one slice. */
async function timeSlice(nursery: Nursery, slice: number): Promise<{ readonly [S in Step]: number }> {
  const totals = { start: 0, 'crash and restart': 0, terminate: 0 };
  for (let index = 0; index < SLICE; index += 1) {
    const n = slice * SLICE + index;
    const before = performance.now();
    await nursery.start(n);
    await receive(); // it runs
    const started = performance.now();
    send(nursery.last(), { type: 'crash' });
    await receive(); // it runs again
    const restarted = performance.now();
    await nursery.terminate(n);
    totals.start += started - before;
    totals['crash and restart'] += restarted - started;
    totals.terminate += performance.now() - restarted;
  }
  return totals;
}

async function makeStatic(strategy: 'one_for_one' | 'rest_for_one', siblings: number): Promise<Nursery> {
  const specs = Array.from({ length: siblings }, (_, id) => idle(id));
  const supervisor: SupervisorPid = await Supervisor.startLink(specs, { strategy, ...limit });
  const { spec, last } = crashing();
  return {
    start: (n) => Supervisor.startChild(supervisor, { ...spec, id: `extra ${n}` }),
    last,
    terminate: async (n) => {
      await Supervisor.terminateChild(supervisor, `extra ${n}`);
      await Supervisor.deleteChild(supervisor, `extra ${n}`);
    },
  };
}

async function makeDynamic(siblings: number): Promise<Nursery> {
  const supervisor: DynamicSupervisorPid = await DynamicSupervisor.startLink(limit);
  for (let id = 0; id < siblings; id += 1) await DynamicSupervisor.startChild(supervisor, idle(id));
  const { spec, last } = crashing();
  return {
    start: () => DynamicSupervisor.startChild(supervisor, spec),
    last,
    terminate: () => DynamicSupervisor.terminateChild(supervisor, last()),
  };
}

function idle(id: number): ChildSpec {
  return { id, start: async () => spawnLink(async ({ receive: wait }) => void (await wait())) };
}

/** A child that tells when it runs, and crashes when it is told to. */
function crashing(): { readonly spec: ChildSpec; readonly last: () => Pid<Crash> } {
  const bench = self<string>();
  let pid: Pid<Crash> | undefined;
  const start = async () => {
    pid = spawnLink<Crash>(async ({ receive: wait }) => {
      send(bench, 'runs');
      await wait();
      exit('crash');
    });
    return pid;
  };
  const last = () => {
    if (pid === undefined) throw new Error('no child was started');
    return pid;
  };
  return { spec: { id: 'extra', start }, last };
}

function print(name: string, few: number, many: number): void {
  const ratio = many / few;
  const verdict = ratio <= BAR ? '' : ', MISSED';
  const columns = `among ${FEW}: ${few.toFixed(0).padStart(6)} ns   among ${MANY}: ${many.toFixed(0).padStart(6)} ns`;
  console.log(`${name.padEnd(52)} ${columns}   ${ratio.toFixed(2)} times (bar ${BAR}${verdict})`);
}

const silence = [
  subscribe('coppice.supervisor.report', () => {}),
  subscribe('coppice.process.crash', () => {}),
];
await createNode().run(async () => {
  await compare('static, one_for_one', (size) => makeStatic('one_for_one', size));
  await compare('static, rest_for_one, last child', (size) => makeStatic('rest_for_one', size));
  await compare('dynamic', makeDynamic);
});
for (const stop of silence) stop();
