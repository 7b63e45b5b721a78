/**
 * A connection over TCP that comes back: it tries again, later each time, while the other side is away. What is asked meanwhile waits; what was on its
 * way when the connection broke is answered with a failure, as only who asked knows whether asking twice does harm.
 */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { deferReply, GenStatem, postpone } from '@coppice/gen-statem';
import { type From, GenServer } from 'coppice';
import { assign, fromCallback, sendTo, setup } from 'xstate';

export interface ConnectionOptions {
  readonly port: number;
  /** The wait after the first failure; it doubles with each further one. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
}

/** What a question comes to. */
export type Answer =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly reason: 'disconnected' };
type Event =
  | { type: 'ask'; question: string }
  | { type: 'opened' }
  | { type: 'line'; line: string }
  | { type: 'closed' };

/** The socket, as an actor of the machine: when the state ends, or the process, by whatever reason, the socket is destroyed in that turn. */
const socket = fromCallback<{ type: 'write'; line: string }, { port: number }>(
  ({ input, sendBack, receive }) => {
    const stream = connect(input.port, '127.0.0.1', () => sendBack({ type: 'opened' }));
    stream.on('close', () => sendBack({ type: 'closed' }));
    const lines = createInterface(stream);
    lines.on('line', (line) => sendBack({ type: 'line', line }));
    lines.on('error', () => {}); // of the socket too: its `close` follows
    receive(({ line }) => stream.write(`${line}\n`));
    return () => stream.destroy();
  },
);

const machine = setup({
  types: GenStatem.types<{
    context: ConnectionOptions & {
      readonly failures: number;
      /** Who waits for an answer, in order of asking. */
      readonly asked: readonly (From<Answer> | undefined)[];
    };
    events: Event;
    input: ConnectionOptions;
  }>(),
  actors: { socket },
  delays: {
    backoff: ({ context: { backoffMs, failures, maxBackoffMs } }) =>
      Math.min(backoffMs * 2 ** (failures - 1), maxBackoffMs),
  },
}).createMachine({
  context: ({ input }) => ({ ...input, failures: 0, asked: [] }),
  initial: 'trying',
  states: {
    trying: {
      invoke: { id: 'socket', src: 'socket', input: ({ context }) => ({ port: context.port }) },
      initial: 'connecting',
      on: { closed: 'waiting' },
      states: {
        connecting: { on: { opened: 'connected', ask: { actions: postpone } } },
        connected: {
          entry: assign({ failures: 0 }),
          on: {
            ask: {
              actions: [
                assign({ asked: ({ context }) => [...context.asked, deferReply<Answer>()] }),
                sendTo('socket', ({ event }) => ({ type: 'write', line: event.question })),
              ],
            },
            line: {
              actions: [
                ({ context, event }) => answer(context.asked.slice(0, 1), { ok: true, value: event.line }),
                assign({ asked: ({ context }) => context.asked.slice(1) }),
              ],
            },
          },
        },
      },
    },
    waiting: {
      entry: [
        ({ context }) => answer(context.asked, { ok: false, reason: 'disconnected' }),
        assign({ asked: [], failures: ({ context }) => context.failures + 1 }),
      ],
      after: { backoff: 'trying' },
      on: { ask: { actions: postpone } },
    },
  },
});

export const Connection = GenStatem.define('Connection', machine, {
  answers: { ask: GenStatem.answer<Answer>() },
});

/** Any reference to a connection: its pid or its typed name. */
export type ConnectionRef = ReturnType<typeof Connection.name>;

function answer(asked: readonly (From<Answer> | undefined)[], outcome: Answer): void {
  for (const from of asked) if (from !== undefined) GenServer.reply(from, outcome);
}
