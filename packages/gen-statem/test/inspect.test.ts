import { createNode } from '@coppice/core';
import { GenStatem } from '@coppice/gen-statem';
import { createInspector, type StatelyInspectionEvent } from '@statelyai/inspect';
import { describe, expect, it } from 'vitest';
import { assign, createActor, fromPromise, setup, waitFor } from 'xstate';

const machine = setup({
  types: GenStatem.types<{
    context: { readonly loaded: number };
    events: { type: 'load'; n: number } | { type: 'close' };
  }>(),
  actors: { load: fromPromise(async ({ input }: { input: number }) => input * 2) },
}).createMachine({
  id: 'loader',
  context: { loaded: 0 },
  initial: 'idle',
  states: {
    idle: { on: { load: 'loading', close: 'closed' } },
    loading: {
      invoke: {
        src: 'load',
        input: ({ event }) => (event.type === 'load' ? event.n : 0),
        onDone: { target: 'idle', actions: assign({ loaded: ({ event }) => event.output }) },
      },
    },
    closed: { type: 'final' },
  },
});

const Loader = GenStatem.define('Loader', machine);

type Inspect = ReturnType<typeof createInspector>['inspect'];

/** What Stately's own inspector would send to its page, as it is sent, until the machine that `start` starts has come to its end. */
function inspected(start: (inspect: Inspect) => Promise<void>): Promise<readonly StatelyInspectionEvent[]> {
  return new Promise((resolve, reject) => {
    const sent: StatelyInspectionEvent[] = [];
    const { inspect } = createInspector({
      send(event) {
        sent.push(JSON.parse(JSON.stringify(event)) as StatelyInspectionEvent); // of the same shape
        if (
          event.type === '@xstate.snapshot' &&
          event.snapshot.status === 'done' &&
          event.sessionId === event.rootId
        )
          resolve(sent);
      },
    });
    start(inspect).catch(reject);
  });
}

/** The events of each actor, in order. What differs from run to run is left out, and the state in `@xstate.actor`, which the inspector reads later. */
function bySession(events: readonly StatelyInspectionEvent[]) {
  const sessions = [...new Set(events.map(({ sessionId }) => sessionId))];
  const number = (id: string | undefined) => (id === undefined ? undefined : sessions.indexOf(id));
  return sessions.map((session) =>
    events
      .filter(({ sessionId }) => sessionId === session)
      .map(({ rootId, sessionId, ...event }) => ({
        ...event,
        createdAt: undefined,
        rootId: number(rootId),
        sessionId: number(sessionId),
        ...('sourceId' in event && { sourceId: number(event.sourceId) }),
        ...('parentId' in event && { parentId: number(event.parentId) }),
        ...(event.type === '@xstate.actor' && { snapshot: undefined }),
      })),
  );
}

function stateOf(event: StatelyInspectionEvent): unknown {
  if (event.type !== '@xstate.snapshot') return undefined;
  return 'value' in event.snapshot ? event.snapshot.value : event.snapshot.status;
}

describe("Stately's inspector", () => {
  it('takes the events of a process as it takes those of XState alone', async () => {
    const own = await inspected(async (inspect) => {
      const node = createNode();
      await node.run(async () => {
        const loader = await Loader.start(undefined, { inspect });
        await Loader.call(loader, { type: 'load', n: 21 });
        await Loader.waitFor(loader, ({ context }) => context.loaded === 42);
        await Loader.call(loader, { type: 'close' });
      });
      await node.stop();
    });
    const alone = await inspected(async (inspect) => {
      const actor = createActor(machine, { inspect }).start();
      actor.send({ type: 'load', n: 21 });
      await waitFor(actor, ({ context }) => context.loaded === 42);
      actor.send({ type: 'close' });
    });
    expect(bySession(own)).toEqual(bySession(alone));
    expect(own.filter(({ type }) => type === '@xstate.snapshot').map(stateOf)).toEqual([
      'idle',
      'active',
      'loading',
      'done',
      'idle',
      'closed',
    ]);
    const [first] = own;
    const definition: unknown = first?.type === '@xstate.actor' && JSON.parse(first.definition ?? '');
    expect(definition).toMatchObject({ id: 'loader', states: { loading: { invoke: { src: 'load' } } } });
  });
});
