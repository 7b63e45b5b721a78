/** A program that does at its start, its run and its end what its arguments say. */
import { Application } from '@coppice/application';
import { exit, receive, sleep, spawnLink } from '@coppice/core';
import { GenServer } from '@coppice/gen-server';
import { type Restart, Supervisor } from '@coppice/supervisor';

const [does = '', restart = 'permanent'] = process.argv.slice(2);

const Worker = GenServer.define('Worker', {
  init: (id: string) => id,
  trapExit: true,
  terminate: (reason, id) => console.log('terminate', id, reason),
});
const tree = (id: string) =>
  Supervisor.startLink([Worker.childSpec(id)], { strategy: 'one_for_one', name: `${id}.sup` });

const Base = Application.define('base', {
  start: () => tree('base'),
  stop: () => console.log('stop base'),
});
const Top = Application.define('top', {
  applications: [Base],
  start: async () => {
    if (does === 'fails') throw new Error('no database');
    return tree('top');
  },
  prepStop: async () => {
    console.log('prep top', JSON.stringify(Application.health()));
    if (does === 'hangs') await sleep('infinity');
    if (does === 'loops') while (true);
    if (does === 'drains') await sleep(300);
  },
  stop: () => {
    console.log('stop top');
    if (does === 'sets the exit code') process.exitCode = 3;
    if (does === 'prints') process.stdout.write(`${'x'.repeat(1_000_000)}\nlast line\n`);
  },
});

async function act(): Promise<void> {
  while (Application.startedApplications().length < 2) await sleep(1);
  console.log('up');
  if (does === 'normal' || does === 'shutdown') await Supervisor.stop('top.sup', does);
  if (does === 'stops') await Application.stop(Top);
  if (does === 'nobody')
    setTimeout(() => {
      throw new Error('of nobody');
    }, 1);
  if (does === 'nobodys rejection') setTimeout(() => void Promise.reject(new Error('of nobody')), 1);
  if (does === 'main dies') {
    spawnLink(async () => {
      await receive();
      exit('nobody');
    });
    spawnLink(() => exit('broken'));
  }
}

void act();
await Application.run(Top, { shutdownTimeout: 1_000, restart: restart as Restart });
