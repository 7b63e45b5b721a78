/** Random operations on applications that depend on each other, under random schedules, against what OTP's rules say of them. */
import { Application, ApplicationError } from '@coppice/application';
import { exit, sleep, whereis } from '@coppice/core';
import { Supervisor } from '@coppice/supervisor';
import { explore } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { app, Log } from './apps.ts';

/** By name, what each depends on. */
const DEPENDENCIES = { a: [], b: ['a'], c: ['a'], d: ['b', 'c'], e: [] } as const;
type Name = keyof typeof DEPENDENCIES;
const NAMES: readonly Name[] = ['a', 'b', 'c', 'd', 'e'];

const operations = ['start', 'ensureAll', 'stop', 'end', 'kill'] as const;
type Operation = (typeof operations)[number];

/** OTP's rules, for temporary applications. */
class Model {
  /** Last started first. */
  running: Name[] = [];
  readonly started = new Set<Name>();

  /** What the operation resolves with, or the reason with which it is refused. */
  perform(operation: Operation, name: Name): unknown {
    switch (operation) {
      case 'start':
        return this.#start(name);
      case 'ensureAll':
        return this.#ensureAll(name);
      case 'stop':
        this.running = this.running.filter((one) => one !== name);
        return this.started.delete(name) ? undefined : ['not_started', name];
      default:
        this.running = this.running.filter((one) => one !== name);
        return undefined;
    }
  }

  #start(name: Name): unknown {
    if (this.running.includes(name)) return ['already_started', name];
    const needs: readonly Name[] = DEPENDENCIES[name];
    const missing = needs.find((one) => !this.started.has(one));
    if (missing !== undefined) return ['not_started', missing];
    const ended = needs.find((one) => !this.running.includes(one));
    if (ended !== undefined) return ['not_running', ended];
    this.running.unshift(name);
    this.started.add(name);
    return undefined;
  }

  #ensureAll(name: Name): readonly Name[] {
    if (this.running.includes(name)) return [];
    const started = DEPENDENCIES[name].flatMap((one) => this.#ensureAll(one));
    this.#start(name);
    return [...started, name];
  }
}

/** Whole numbers below `limit`, the same for the same seed. */
function numbers(seed: number): (limit: number) => number {
  let state = seed + 1;
  return (limit) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % limit;
  };
}

async function perform(apps: Record<Name, Application>, operation: Operation, name: Name): Promise<unknown> {
  const top = whereis(`${name}.sup`);
  try {
    switch (operation) {
      case 'start':
        return await Application.start(apps[name]);
      case 'ensureAll':
        return await Application.ensureAllStarted(apps[name]);
      case 'stop':
        return await Application.stop(apps[name]);
      case 'end':
        return top === undefined ? undefined : await Supervisor.stop(`${name}.sup`, 'shutdown');
      case 'kill':
        return top === undefined ? undefined : exit(top, 'kill');
    }
  } catch (error) {
    if (error instanceof ApplicationError) return error.reason;
    throw error;
  }
}

describe('applications', () => {
  it('are started and stopped as OTP would, whatever is asked in whatever order', () =>
    explore(
      async ({ seed }) => {
        const log = new Log();
        const random = numbers(seed);
        const a = app(log, 'a');
        const b = app(log, 'b', { applications: [a] });
        const c = app(log, 'c', { applications: [a] });
        const apps = { a, b, c, d: app(log, 'd', { applications: [b, c] }), e: app(log, 'e') };
        const model = new Model();
        for (let step = 0; step < 30; step += 1) {
          const operation = operations[random(operations.length)] ?? 'start';
          const name = NAMES[random(NAMES.length)] ?? 'a';
          const answer = model.perform(operation, name);
          expect({ step, operation, name, answer: await perform(apps, operation, name) }).toEqual({
            step,
            operation,
            name,
            answer,
          });
          await sleep(1); // until the controller has heard of an end
          expect(Application.startedApplications()).toEqual(model.running);
        }
        for (const name of [...model.running]) await Application.stop(apps[name]);
        // Whatever was started has been stopped, once, its callbacks in order. Who hears first of a killed supervisor, worker or starter, is open.
        for (const name of NAMES) {
          const own = log.of(name);
          expect(own.join(' ')).toMatch(/^(\+ (- prep stop|prep - stop|prep stop -|prep stop) ?)*$/);
        }
      },
      { seeds: 100, crashes: 'allowed' },
    ));
});
