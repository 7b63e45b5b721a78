/** Sessions are used, expire and are removed; the store crashes while it sweeps, and then its keeper is killed. */
import { context, type Down, exit, monitor, Supervisor, send, sleep, whereis } from 'coppice';
import * as Sessions from './session-store.ts';

/** What the main process is told. */
type News = Down | { readonly type: 'expired'; readonly user: string };
const { self: main, receive } = context<News>();
const hour = 3_600_000;

function onExpiry({ user }: Sessions.Session): void {
  if (user === 'eve') throw new Error('a bug in what happens when a session ends');
  send(main, { type: 'expired', user });
}

const app = await Supervisor.startLink([Sessions.childSpec({ sweepMs: 5, onExpiry })], {
  strategy: 'one_for_one',
});

console.log('# a session that is used begins its time anew');
const ann = await Sessions.create('ann', hour);
const before = Sessions.find(ann);
await sleep(2);
Sessions.find(ann);
const bob = await Sessions.create('bob', hour); // the store has dealt with what came before
const after = Sessions.find(ann);
if (before === undefined || after === undefined) throw new Error('ann has no session');
console.log(after.user, 'has more time:', after.expiresMs > before.expiresMs);

console.log('# one that is not used expires and is swept out');
const cyd = await Sessions.create('cyd', 5);
console.log(await receive({ type: 'expired' }));
console.log('cyd:', show(cyd));

console.log('# the store crashes while it sweeps: the sessions stay');
monitor('session_store');
const eve = await Sessions.create('eve', 5);
const { reason } = await receive({ type: 'DOWN' });
console.log(reason instanceof Error && reason.message);
console.log(`ann: ${show(ann)}, bob: ${show(bob)}, eve: ${show(eve)}`);
await Supervisor.countChildren('sessions'); // answers when the restart is done

console.log('# the new store writes and sweeps');
await Sessions.remove(bob);
const dan = await Sessions.create('dan', 5);
console.log(await receive({ type: 'expired' }));
console.log(`ann: ${show(ann)}, bob: ${show(bob)}, dan: ${show(dan)}`);

console.log('# the keeper is killed: the sessions are lost, and the store starts anew');
const keeper = whereis('sessions.keeper');
if (keeper === undefined) throw new Error('the keeper does not run');
monitor(keeper);
exit(keeper, 'kill');
await receive({ type: 'DOWN' });
await Supervisor.countChildren('sessions');
console.log('ann:', show(ann));
console.log('ann signs in again:', show(await Sessions.create('ann', hour)));
await Supervisor.stop(app);

function show(id: string): string {
  return Sessions.find(id) === undefined ? 'no session' : 'a session';
}
