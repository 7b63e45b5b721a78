/** A server that is busy for some and does not know others. */
import { type ChildSpec, GenServer, reply } from 'coppice';

/** It may go better later. */
export class Busy extends Error {
  override readonly name = 'Busy';
}
/** It will not. */
export class Unknown extends Error {
  override readonly name = 'Unknown';
}

interface State {
  /** How often it is busy before it delivers to someone it knows. */
  readonly busy: ReadonlyMap<string, number>;
  readonly asked: number;
}

const MailServer = GenServer.define('MailServer', {
  init: (busy: ReadonlyMap<string, number>): State => ({ busy, asked: 0 }),
  call: {
    deliver: ({ busy, asked }, to: string) => {
      const times = busy.get(to);
      const answer = times === undefined ? 'unknown' : times > 0 ? 'busy' : 'delivered';
      return reply(answer, { busy: times ? new Map(busy).set(to, times - 1) : busy, asked: asked + 1 });
    },
    asked: (state) => reply(state.asked, state),
  },
});
const server = MailServer.name('mail_server');

export const childSpec = (busy: ReadonlyMap<string, number>): ChildSpec =>
  MailServer.childSpec(busy, { name: server });

/** Rejects with `Busy` or `Unknown`. */
export async function deliver(to: string): Promise<string> {
  const answer = await MailServer.call(server, 'deliver', to);
  if (answer === 'busy') throw new Busy(to);
  if (answer === 'unknown') throw new Unknown(to);
  return `delivered to ${to}`;
}

/** How often it was asked. */
export const asked = (): Promise<number> => MailServer.call(server, 'asked');
