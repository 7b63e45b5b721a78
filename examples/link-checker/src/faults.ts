/** What goes wrong at a bad server, drawn from a seed. */
import { seededRandom, seedOf } from './random.ts';

/** `reset`: the connection breaks. `hang`: no answer comes. `error`: status 500. `slow`: the right answer, in drips. */
export type Fault = 'reset' | 'hang' | 'error' | 'slow';

/** Says how each request fails. */
export type FaultPlan = (path: string) => Fault | undefined;

/** How many requests of a path can fail before one is answered well. A checker that tries more often gets every page. */
export const MAX_FAULTS = 2;

/** A hang costs its client a whole timeout, so it is the rarest. */
const FAULTS: readonly (Fault | undefined)[] = [
  ...repeat('reset', 6),
  ...repeat('error', 6),
  ...repeat('slow', 10),
  ...repeat('hang', 2),
  ...repeat(undefined, 16),
];

/** Each of the first `MAX_FAULTS` requests of a path fails, or not, as the seed has it; the later ones are answered. */
export function seededFaults(seed: number): FaultPlan {
  const requests = new Map<string, number>();
  return (path) => {
    const earlier = requests.get(path) ?? 0;
    requests.set(path, earlier + 1);
    if (earlier >= MAX_FAULTS) return undefined;
    const draw = seededRandom(seedOf(`${seed} ${earlier} ${path}`))();
    return FAULTS[Math.floor(draw * FAULTS.length)];
  };
}

function repeat(item: Fault | undefined, times: number): (Fault | undefined)[] {
  return Array.from({ length: times }, () => item);
}
