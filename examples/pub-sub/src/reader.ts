/** A reader of a topic. It subscribes where it starts, so that after a restart it is subscribed again. */
import { type ChildSpec, GenServer, noreply, reply } from 'coppice';
import * as Topics from './topics.ts';

export interface Subscription {
  readonly topic: string;
  /** Columns of its screen. */
  readonly columns: number;
}
interface State extends Subscription {
  readonly lines: readonly string[];
}

const Reader = GenServer.define('Reader', {
  init: (subscription: Subscription): State => {
    Topics.subscribe(subscription.topic);
    return { ...subscription, lines: [] };
  },
  call: {
    read: (state) => reply(state.lines, { ...state, lines: [] }),
  },
  info: {
    published: (state, { text }: Topics.Published) => {
      if (text.length > state.columns)
        throw new RangeError(`${text.length} columns on a screen of ${state.columns}`);
      return noreply({ ...state, lines: [...state.lines, text] });
    },
  },
});

export const childSpec = (name: string, subscription: Subscription): ChildSpec =>
  Reader.childSpec(subscription, { name });

/** What has come since it was asked last. */
export const read = (name: string): Promise<readonly string[]> => Reader.call(name, 'read');
