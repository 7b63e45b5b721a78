/** Where the pipeline ends: entries by position, each written once. It outlives the pipeline, as a database would, and tells it where to go on. */
import { type ChildSpec, type From, GenServer, noreply, reply } from 'coppice';
import type { Entry } from './order.ts';

interface State {
  readonly entries: readonly Entry[];
  readonly starts: number;
  /** How far the source has been ahead of the last entry, at most. */
  readonly ahead: number;
  readonly waiting: readonly Waiting[];
}
interface Waiting {
  readonly position: number;
  readonly from: From<'reached'>;
}

const Ledger = GenServer.define('Ledger', {
  init: (): State => ({ entries: [], starts: 0, ahead: 0, waiting: [] }),
  call: {
    resume: (state) => reply(state.entries.length, { ...state, starts: state.starts + 1 }),
    // Whoever writes what is written already is a pipeline that has died meanwhile, or one that follows it.
    write: (state, entry: Entry) =>
      entry.position === state.entries.length + 1
        ? reply(true, answerWaiting({ ...state, entries: [...state.entries, entry] }))
        : reply(false, state),
    reached: (state, position: number, from: From<'reached'>) =>
      noreply(answerWaiting({ ...state, waiting: [...state.waiting, { position, from }] })),
    read: (state) => reply(state, state),
  },
  cast: {
    drawn: (state, position: number) =>
      noreply({ ...state, ahead: Math.max(state.ahead, position - state.entries.length) }),
  },
});
const ledger = Ledger.name('ledger');

export const childSpec = (): ChildSpec => Ledger.childSpec(undefined, { name: ledger });

/** The last position that is written; 0 in the beginning. */
export const resume = (): Promise<number> => Ledger.call(ledger, 'resume');
/** Whether it was written. Whoever waits for that draws no faster than this writes. */
export const write = (entry: Entry): Promise<boolean> => Ledger.call(ledger, 'write', entry);
/** Resolves when the entry of `position` is written. */
export const reached = (position: number): Promise<'reached'> => Ledger.call(ledger, 'reached', position);
export const read = (): Promise<State> => Ledger.call(ledger, 'read');
export const drawn = (position: number): void => Ledger.cast(ledger, 'drawn', position);

function answerWaiting(state: State): State {
  const isReached = ({ position }: Waiting): boolean => position <= state.entries.length;
  for (const { from } of state.waiting.filter(isReached)) GenServer.reply(from, 'reached');
  return { ...state, waiting: state.waiting.filter((one) => !isReached(one)) };
}
