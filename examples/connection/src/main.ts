/** A connection whose peer is not there yet, goes away, comes back; then the connection itself is killed. */
import { exit, isDown, monitor, type Pid, receive, Supervisor, whereis } from 'coppice';
import { Connection } from './connection.ts';
import { Loudspeaker } from './loudspeaker.ts';
import { freePort, Peer } from './peer.ts';

const port = await freePort();
const connection = Connection.name('connection');
const loudspeaker = Loudspeaker.name('loudspeaker');
const app = await Supervisor.startLink(
  [
    Connection.childSpec({ port, backoffMs: 10, maxBackoffMs: 80 }, { name: connection }),
    Loudspeaker.childSpec(connection, { name: loudspeaker }),
  ],
  { strategy: 'rest_for_one' },
);

console.log('# nobody is there: it tries again, later each time, and what is asked waits');
const early = Loudspeaker.call(loudspeaker, 'say', 'hello');
await failed(3);
console.log('tried three times');
const peers = await Supervisor.startLink([Peer.childSpec(port, { name: 'peer' })], {
  strategy: 'one_for_one',
});
console.log(await early);

console.log('# the peer is killed: its supervisor starts it again, and the connection finds it');
const broken = Connection.waitFor(connection, (snapshot) => snapshot.matches('waiting'));
await kill(whereis('peer'));
await broken;
console.log(await say('again'));

console.log('# killed with a question on its way: that one fails, the next is answered');
const lost = say('hang');
await Connection.waitFor(connection, ({ context }) => context.asked.length === 1);
await kill(whereis('peer'));
console.log(await lost);
console.log(await say('once more'));

console.log('# the connection is killed: a new one connects, with a new client');
await kill(whereis(connection));
await Supervisor.countChildren(app); // answers when both are started
console.log(await say('back'));
await Supervisor.stop(app);
await Supervisor.stop(peers);

function say(question: string): Promise<string> {
  return Loudspeaker.call(loudspeaker, 'say', question);
}

async function failed(times: number): Promise<void> {
  await Connection.waitFor(connection, ({ context }) => context.failures >= times);
}

async function kill(pid: Pid<never> | undefined): Promise<void> {
  if (pid === undefined) throw new Error('there is no such process');
  monitor(pid);
  exit(pid, 'kill');
  await receive(isDown);
}
