/** A server that does what the actions of a random program say. The counterpart of `G` in the Elixir script. */
import { exit, self, send, sleep, spawnLink, trapExit } from '@coppice/core';
import {
  continueWith,
  type From,
  GenServer,
  ignore,
  type Noreply,
  noreply,
  ok,
  type PidOf,
  type Reply,
  reply,
  type Step,
  type Stop,
  stop,
  stopInit,
  stopReply,
} from '@coppice/gen-server';
import type { Oracle } from '../../../oracle.ts';
import { untyped } from '../../../term.ts';
import type { Action, InitAction } from './program.ts';

/** How many callbacks there were, and who waits for an answer. */
type State = readonly [callbacks: number, waiting: readonly From<unknown>[]];
export interface Do {
  readonly type: 'do';
  readonly action: Action;
}
export type RandomServer = ReturnType<typeof defineServer>;
export type RandomServerPid = PidOf<RandomServer>;

export function defineServer(O: Oracle) {
  const begin = (callback: string, { id }: Action, [callbacks, waiting]: State): State => {
    O.log([callback, id, callbacks + 1]);
    return [callbacks + 1, waiting];
  };
  return GenServer.define('G', {
    init: ({ trap, action }: { readonly trap: boolean; readonly action: InitAction }) => {
      if (trap) trapExit(true);
      O.log(['init']);
      return initialize(action);
    },
    call: {
      do: (state, action: Action, from: From<unknown>) => answer(action, from, begin('call', action, state)),
    },
    cast: { do: (state, action: Action) => act(action, begin('cast', action, state)) },
    info: {
      do: (state, { action }: Do) => act(action, begin('info', action, state)),
      EXIT: ([callbacks, waiting], { reason }) => {
        O.log(['EXIT', reason]);
        return noreply([callbacks + 1, waiting]);
      },
      timeout: ([callbacks, waiting]) => {
        O.log(['timeout', callbacks]);
        return noreply([callbacks + 1, waiting]);
      },
    },
    continue: { do: (state, action: Action) => act(action, begin('continue', action, state)) },
    terminate: (reason, [callbacks, waiting]) => {
      O.log(['terminate', reason, callbacks, waiting.length]);
      if (callbacks % 7 === 5) exit('in_terminate');
    },
  });
}

function initialize(action: InitAction) {
  const state: State = [0, []];
  switch (action.kind) {
    case 'ignore':
      return ignore();
    case 'stop':
      return stopInit(action.reason);
    case 'raise':
      throw new Error('boom');
    case 'exit':
      return exit(action.reason);
    case 'self_exit':
      exit(self(), action.reason);
      return ok(state);
    case 'send_self':
      sendToSelf(action);
      return ok(state);
    case 'go':
      return ok(state, stepOf(action));
  }
}

function stepOf({ nextStep, next }: Action | InitAction): Step | undefined {
  switch (nextStep) {
    case 'none':
      return undefined;
    case 'zero':
      return { timeout: 0 };
    case 'soon':
      return { timeout: 10 };
    case 'infinity':
      return { timeout: 'infinity' };
    case 'hibernate':
      return 'hibernate';
    case 'continue':
      return continueWith('do', next);
  }
}

function sendToSelf({ next }: Action | InitAction): void {
  if (next !== undefined) send(self<Do>(), { type: 'do', action: next });
}

/** What a call does where it differs from what a cast does. */
async function answer(
  action: Action,
  from: From<unknown>,
  state: State,
): Promise<Reply<unknown, State> | Noreply<State> | Stop<State, unknown>> {
  const [callbacks, waiting] = state;
  switch (action.kind) {
    case 'noreply':
      return noreply([callbacks, [...waiting, from]], stepOf(action));
    case 'reply':
      return reply(callbacks, state, stepOf(action));
    case 'answer':
      answerAll(state);
      return reply(callbacks, [callbacks, []], stepOf(action));
    case 'before':
      GenServer.reply(from, ['before', callbacks]);
      return noreply(state, stepOf(action));
    case 'stop_reply':
      return stopReply(action.reason, ['last', callbacks], state);
    default:
      return act(action, state);
  }
}

async function act(action: Action, state: State): Promise<Noreply<State> | Stop<State>> {
  const { kind, reason, next } = action;
  switch (kind) {
    case 'noreply':
    case 'reply':
    case 'before':
      break;
    case 'answer':
      answerAll(state);
      return noreply([state[0], []], stepOf(action));
    case 'stop':
    case 'stop_reply':
      return stop(reason, state);
    case 'raise':
      throw new Error('boom');
    case 'exit':
      return exit(reason);
    case 'throw':
      throw 'ball'; // a throw of Elixir's is what is observed
    case 'bad':
      return untyped('bad');
    case 'send_self':
      sendToSelf(action);
      break;
    case 'cast_self':
      if (next !== undefined) GenServer.cast(self() as RandomServerPid, 'do', next); // it is one
      break;
    case 'link':
      spawnLink(() => exit(reason));
      await sleep(1);
      break;
    case 'self_exit':
      exit(self(), reason);
      break;
    case 'sleep':
      await sleep(3);
      break;
  }
  return noreply(state, stepOf(action));
}

function answerAll([callbacks, waiting]: State): void {
  for (const from of waiting) GenServer.reply(from, ['answered', callbacks]);
}
