/** What goes wrong at a bad server, drawn from a seed. */
import { seededRandom, seedOf } from './random.ts';

/** `reset`: the connection breaks. `hang`: no answer comes. `error`: status 500. `slow`: the right answer, in drips. */
export type Fault = 'reset' | 'hang' | 'error' | 'slow';

/** Says how each request fails; `undefined`: not at all. */
export type FaultPlan = (path: string) => Fault | undefined;

/** A server without faults. */
export const noFaults: FaultPlan = () => undefined;

/** How many requests of a path can fail before one is answered. A checker that tries more often gets every page. */
export const MAX_FAILURES = 2;

/** A hang costs its client a whole timeout, so it is the rarest. */
const FAULTS: readonly Fault[] = [
  ...repeat('reset', 6),
  ...repeat('error', 6),
  ...repeat('hang', 2),
  ...repeat('slow', 26),
];

/** A server that is slow at best. Each of the first `MAX_FAILURES` requests of a path may fail, as the seed has it; the later ones are answered. */
export function seededFaults(seed: number): FaultPlan {
  const requests = new Map<string, number>();
  return (path) => {
    const earlier = requests.get(path) ?? 0;
    requests.set(path, earlier + 1);
    if (earlier >= MAX_FAILURES) return 'slow';
    const draw = seededRandom(seedOf(`${seed} ${earlier} ${path}`))();
    return FAULTS[Math.floor(draw * FAULTS.length)];
  };
}

function repeat(fault: Fault, times: number): Fault[] {
  return Array.from({ length: times }, () => fault);
}
