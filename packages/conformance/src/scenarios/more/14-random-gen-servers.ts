/**
 * Random programs of one server each: callbacks that return anything, raise, end, send to themselves, answer late; casts, calls,
 * messages, exit signals and stops that lie in its mailbox together, in three phases.
 */
import {
  ExitError,
  exit,
  isExit,
  isPid,
  type MonitorRef,
  makeRef,
  monitor,
  type Ref,
  receive,
  self,
  send,
  sleep,
  spawn,
  unlink,
} from '@coppice/core';
import { GenServer } from '@coppice/gen-server';
import { downOf, type Oracle, ofType } from '../../oracle.ts';
import { quietly } from '../../random-children.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { asList, done } from '../../term.ts';
import { type Operation, type Program, randomProgram } from './14-random-gen-servers/program.ts';
import { defineServer, type RandomServer, type RandomServerPid } from './14-random-gen-servers/server.ts';

interface Answer {
  readonly type: 'answer';
  readonly ref: Ref;
  readonly outcome: readonly [string, unknown];
}
interface Setup {
  readonly O: Oracle;
  readonly G: RandomServer;
}
/** A server and who tells of its end. */
interface Watched {
  readonly server: RandomServerPid;
  readonly end: MonitorRef;
}

const isAnswer = ofType<Answer>('answer');

export const randomGenServers: Scenario = scenario('more/14_random_gen_servers', async (O) => {
  await O.trap();
  const setup: Setup = { O, G: defineServer(O) };
  for (let seed = 1; seed <= 120; seed++) O.step(`program ${seed}`, await run(setup, randomProgram(seed)));
});

async function run(setup: Setup, { trapsExits, init, phases }: Program): Promise<readonly unknown[]> {
  const { O, G } = setup;
  O.takeLog();
  await O.mailbox();
  const result = await O.result(() => G.startLink({ trap: trapsExits, action: init }));
  const started = asList(result)[1];
  if (!isPid(started)) return [['not_started', result, O.takeLog(), await exits(O)]];
  const server = started as RandomServerPid; // what a start gives
  const watched: Watched = { server, end: monitor(server) };
  await sleep(40);
  const lines: unknown[] = [['started', O.takeLog(), await ended(watched)]];
  for (const operations of phases) {
    if ((await ended(watched)) !== 'alive') {
      lines.push(['over', await exits(O)]);
      break;
    }
    lines.push(await phase(setup, watched, operations));
  }
  unlink(server);
  exit(server, 'kill');
  await O.mailbox();
  return lines;
}

async function exits(O: Oracle): Promise<readonly unknown[]> {
  return (await O.mailbox()).filter(isExit).map(({ reason }) => reason);
}

/** Whether it has ended; its DOWN stays for the next look. */
async function ended({ end }: Watched): Promise<unknown> {
  const down = await receive(downOf(end), { timeout: 0 });
  if (down === undefined) return 'alive';
  send(self<unknown>(), down);
  return ['down', down.reason];
}

async function phase(
  setup: Setup,
  watched: Watched,
  operations: readonly Operation[],
): Promise<readonly unknown[]> {
  const { server } = watched;
  await GenServer.suspend(server);
  const answers: (readonly [string, Ref | undefined])[] = [];
  for (const operation of operations) answers.push(await perform(setup, server, operation));
  await quietly(() => GenServer.resume(server));
  await sleep(150);
  const results: unknown[] = [];
  for (const [what, ref] of answers) results.push([what, ref && (await outcomeOf(ref))]);
  return [results, setup.O.takeLog(), await ended(watched)];
}

async function outcomeOf(ref: Ref): Promise<unknown> {
  const isMine = (message: unknown): message is Answer => isAnswer(message) && message.ref === ref;
  const answer = await receive(isMine, { timeout: 100 });
  return answer === undefined ? 'no_answer' : answer.outcome;
}

/** Does it, unless its number forbids; what was done, and the reference of the answer that is to come. */
async function perform(
  { G }: Setup,
  server: RandomServerPid,
  { kind, action, reason, number }: Operation,
): Promise<readonly [string, Ref | undefined]> {
  switch (kind) {
    case 'cast':
      G.cast(server, 'do', action);
      return [kind, undefined];
    case 'info':
      send(server, { type: 'do', action });
      return [kind, undefined];
    case 'call':
      return [kind, await asked(() => G.call(server, 'do', action, { timeout: 80 }))];
    case 'parent':
      if (number > 0) return ['nothing', undefined];
      exit(server, reason);
      await sleep(1);
      return [kind, undefined];
    case 'stranger':
      if (number > 2) return ['nothing', undefined];
      spawn(() => exit(server, reason));
      await sleep(1);
      return [kind, undefined];
    case 'stop':
      if (number > 2) return ['nothing', undefined];
      return [kind, await asked(() => GenServer.stop(server, reason, 80))];
  }
}

/** A process of its own asks, and sends what comes of it. */
async function asked(ask: () => Promise<unknown>): Promise<Ref> {
  const me = self<Answer>();
  const ref = makeRef();
  spawn(async () => {
    send(me, { type: 'answer', ref, outcome: await outcome(ask) });
  });
  await sleep(1);
  return ref;
}

async function outcome(ask: () => Promise<unknown>): Promise<Answer['outcome']> {
  try {
    return ['ok', done(await ask())];
  } catch (error) {
    if (!(error instanceof ExitError)) throw error;
    return ['exit', error.reason];
  }
}
