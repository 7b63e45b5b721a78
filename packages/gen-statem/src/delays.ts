/** The `after` delays of a machine that was restored: XState's snapshots know nothing of them, and a state would never be left. */
import { type AnyActorRef, type AnyMachineSnapshot, isMachineSnapshot } from 'xstate';

/** Starts the delays of each state that `actor`, and each machine that it invokes, is in. They begin anew. */
export function restartDelays(actor: AnyActorRef): void {
  const snapshot: unknown = actor.getSnapshot();
  if (!isMachineSnapshot(snapshot) || snapshot.status !== 'active') return;
  for (const [type, delay] of delaysOf(snapshot)) {
    const ms = typeof delay === 'number' ? delay : namedDelay(actor, snapshot, type, delay);
    actor.system.scheduler.schedule(actor, actor, { type }, ms, type);
  }
  const children: readonly (AnyActorRef | undefined)[] = Object.values(snapshot.children);
  for (const child of children) if (child !== undefined) restartDelays(child);
}

/** By the type of their event, which is also the id under which XState cancels them. */
function delaysOf(snapshot: AnyMachineSnapshot): ReadonlyMap<string, unknown> {
  const transitions = snapshot._nodes.flatMap((node) => node.after);
  return new Map(transitions.map(({ eventType, delay }) => [eventType, delay]));
}

function namedDelay(actor: AnyActorRef, snapshot: AnyMachineSnapshot, type: string, name: unknown): number {
  const delays: Readonly<Record<string, unknown>> = snapshot.machine.implementations.delays;
  const delay = typeof name === 'string' && Object.hasOwn(delays, name) ? delays[name] : undefined;
  const args = { context: snapshot.context as unknown, event: { type }, self: actor, system: actor.system };
  const ms: unknown = typeof delay === 'function' ? Reflect.apply(delay, undefined, [args]) : delay;
  if (typeof ms === 'number') return ms;
  throw new TypeError(`the delay ${String(name)} of a restored machine is not a number of milliseconds`);
}
