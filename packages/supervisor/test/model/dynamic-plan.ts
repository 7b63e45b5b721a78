/** Plans for a dynamic supervisor: its children are workers, started one by one. Plain data, for Coppice and for the BEAM. */
import fc from 'fast-check';
import { type Operation, type WorkerNode, workers } from './plan.ts';

export interface DynamicNode {
  readonly kind: 'dynamic';
  readonly id: string;
  readonly maxRestarts: number;
  readonly maxSeconds: number;
  readonly maxChildren: number;
}

/** One thing that is done to the supervisor or a child, which is known by what it was called when it was started. */
export type DynamicOperation =
  | Extract<Operation, { readonly kind: 'exit' | 'kill' }>
  | { readonly kind: 'start_dynamic'; readonly supervisor: string; readonly node: WorkerNode }
  | { readonly kind: 'terminate_dynamic'; readonly supervisor: string; readonly id: string };

export interface DynamicPlan {
  readonly root: DynamicNode;
  readonly operations: readonly DynamicOperation[];
}

const SUPERVISOR = 's1';

const start = fc.record({ kind: fc.constant('start' as const), node: workers });
/** `at`: the number of a child, to be taken modulo how many there have been. */
const at = fc.nat(1_000);
const draft = fc.oneof(
  { weight: 5, arbitrary: start },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('again' as const), at }) },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('exit' as const),
      at,
      reason: fc.constantFrom('normal', 'shutdown', 'shutdown_term', 'crash', 'crash'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('kill' as const), at }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('terminate' as const), at }) },
);
type Draft = typeof draft extends fc.Arbitrary<infer T> ? T : never;

export const dynamicPlans: fc.Arbitrary<DynamicPlan> = fc
  .record({
    maxRestarts: fc.constantFrom(0, 1, 2, 3, 5, 8),
    maxChildren: fc.constantFrom(1, 2, 3, 5, 8),
    first: fc.array(start, { minLength: 2, maxLength: 4 }),
    later: fc.array(draft, { minLength: 1, maxLength: 30, size: 'max' }),
  })
  .map(({ maxRestarts, maxChildren, first, later }) => ({
    root: { kind: 'dynamic', id: SUPERVISOR, maxRestarts, maxSeconds: 3_600, maxChildren },
    operations: bind([...first, ...later]),
  }));

/** Gives the workers their ids and the operations their targets. `again`: the same spec once more, since ids need not differ. */
function bind(drafts: readonly Draft[]): readonly DynamicOperation[] {
  const nodes: WorkerNode[] = [];
  const nodeAt = (index: number): WorkerNode => {
    const node = nodes[index % nodes.length];
    if (node === undefined) throw new Error('a plan begins with starts');
    return node;
  };
  return drafts.map((given): DynamicOperation => {
    switch (given.kind) {
      case 'start': {
        const node = { ...given.node, id: `w${nodes.length + 1}`, significant: false };
        nodes.push(node);
        return { kind: 'start_dynamic', supervisor: SUPERVISOR, node };
      }
      case 'again':
        return { kind: 'start_dynamic', supervisor: SUPERVISOR, node: nodeAt(given.at) };
      case 'exit':
        return { kind: 'exit', id: nodeAt(given.at).id, reason: given.reason };
      case 'kill':
        return { kind: 'kill', id: nodeAt(given.at).id };
      case 'terminate':
        return { kind: 'terminate_dynamic', supervisor: SUPERVISOR, id: nodeAt(given.at).id };
    }
  });
}
