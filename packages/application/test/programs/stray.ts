/** Each worker does, in a way that nothing catches, what its id says; how it ends is printed, and that another one is there then. */
import { EventEmitter } from 'node:events';
import { readFile } from 'node:fs';
import { connect } from 'node:net';
import { Application } from '@coppice/application';
import {
  type Down,
  exit,
  formatValue,
  monitor,
  own,
  receive,
  send,
  sleep,
  spawn,
  whereis,
} from '@coppice/core';
import { GenServer, noreply } from '@coppice/gen-server';
import { Supervisor } from '@coppice/supervisor';

const fail = (what: string): never => {
  throw new Error(what);
};

const ways: { readonly [id: string]: () => void } = {
  timer: () => void setTimeout(() => fail('timer'), 1),
  immediate: () => void setImmediate(() => fail('immediate')),
  tick: () => process.nextTick(() => fail('tick')),
  'file callback': () => readFile('/etc/hostname', () => fail('file callback')),
  'socket without listener': () => void own(connect(1, '127.0.0.1')),
  'emitter without listener': () =>
    void setTimeout(() => new EventEmitter().emit('error', new Error('emitter')), 1),
  'forgotten promise': () => void Promise.reject(new Error('forgotten promise')),
  'rejection of no error': () => void Promise.reject('just text'),
  'async callback': () => void setTimeout(() => void Promise.resolve().then(() => fail('async callback')), 1),
  'forgotten fetch': () => void fetch('http://127.0.0.1:1/'),
  'exit in a timer': () => void setTimeout(() => exit('enough'), 1),
};

const Worker = GenServer.define('Worker', {
  init: (id: string) => id,
  trapExit: true, // a throw can't be trapped
  cast: { act: (id) => (ways[id]?.(), noreply(id)) },
});

const App = Application.define('app', {
  start: () =>
    Supervisor.startLink(
      Object.keys(ways).map((id) => Worker.childSpec(id, { id, name: id })),
      { strategy: 'one_for_one', maxRestarts: 1_000 },
    ),
});

async function provoke(id: string): Promise<void> {
  const before = whereis(id);
  if (before === undefined) return console.log(id, 'is not there');
  const ref = monitor(before);
  Worker.cast(id, 'act');
  const { reason } = await receive((message): message is Down => Object(message).ref === ref);
  while (whereis(id) === undefined) await sleep(1);
  const text = formatValue(reason).replace(/^(AggregateError|Error|TypeError): /, '');
  console.log(`${id}: ${text}; ${whereis(id) === before ? 'not ' : ''}restarted`);
}

/** What the code of a dead process throws is nobody's business any more. */
async function dead(): Promise<void> {
  const pid = spawn(() => {
    setTimeout(() => fail('of a dead process'), 5);
    setTimeout(() => void Promise.reject(new Error('of a dead process')), 5);
  });
  const ref = monitor(pid);
  await receive((message): message is Down => Object(message).ref === ref);
  await sleep(50);
  console.log('dead: discarded');
}

spawn(async () => {
  while (!Application.startedApplications().includes('app')) await sleep(1);
  for (const id of Object.keys(ways)) await provoke(id);
  await dead();
  process.kill(process.pid, 'SIGTERM');
  send(
    spawn<string>(() => {}),
    'late',
  ); // to nobody
});
await Application.run(App);
