/** Agent 4: a struct as state. */
import { Agent } from '@coppice/agent';
import { ExitError, type ExitReason, isExit, receive, trapExit } from '@coppice/core';
import { ErlangError } from '../../exceptions.ts';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done, exception, struct, text } from '../../term.ts';

interface State {
  readonly players: readonly string[];
  readonly score: ReadonlyMap<string, number>;
  readonly round: number;
}

const game = Agent.name<State>('GameState');
const GameState = {
  startLink: () => Agent.startLink(() => ({ players: [], score: new Map(), round: 1 }), { name: game }),
  addPlayer: (name: string) =>
    Agent.update(game, (s) => ({
      ...s,
      players: [name, ...s.players],
      score: new Map(s.score).set(name, 0),
    })),
  updateScore: (name: string, points: number) =>
    Agent.update(game, (s) => ({
      ...s,
      score: new Map(s.score).set(name, (s.score.get(name) ?? 0) + points),
    })),
  nextRound: () => Agent.update(game, (s) => ({ ...s, round: s.round + 1 })),
  getState: () => Agent.get(game, (s) => s),
  leaderboard: () => Agent.get(game, (s) => [...s.score].toSorted(([, a], [, b]) => b - a)),
};

export const agentGameState: Scenario = scenario('seed/11_agent_game_state', async (O) => {
  await GameState.startLink();
  O.step('initial', asStruct(await GameState.getState()));
  const added: unknown[] = [];
  for (const name of ['ann', 'bob', 'cyd']) added.push(done(await GameState.addPlayer(name)));
  O.step('add players', added);
  O.step('players are most recent first', text((await GameState.getState()).players));
  await GameState.updateScore('bob', 5);
  await GameState.updateScore('ann', 2);
  O.step('scores', done(await GameState.updateScore('bob', 5)));
  O.step('next_round', done(await GameState.nextRound()));
  O.step('leaderboard', text(await GameState.leaderboard()));
  await GameState.updateScore('cyd', 2);
  O.step('ties keep the order of the map (sort is stable)', text(await GameState.leaderboard()));
  await GameState.updateScore('zed', 1);
  const scored = await GameState.getState();
  O.step('update_score of an unknown player adds a score but no player', [
    text(scored.players),
    scored.score.get('zed'),
  ]);
  await GameState.addPlayer('bob');
  const doubled = await GameState.getState();
  O.step('adding a player twice: listed twice, score reset', [
    text(doubled.players),
    doubled.score.get('bob'),
  ]);
  O.step('state', asStruct(await GameState.getState()));
  O.step(
    'an update whose function sets an unknown struct key kills the agent (trapping caller)',
    await unknownKey(O),
  );
});

function asStruct({ players, score, round }: State): unknown {
  return struct('GameState', { players: text(players), score: text(score), round });
}

async function unknownKey(O: Oracle): Promise<unknown> {
  trapExit(true);
  const [kind, error] = await O.catching(() => Agent.update(game, (s) => replace(s, 'nope', 1)));
  const reason = error instanceof ExitError ? error.reason : error;
  const message = await receive(isExit, { timeout: 300 });
  const second: ExitReason = message === undefined ? 'none' : message.reason;
  return [kind, exception(reason), exception(second)];
}

/** `Map.replace!/3` */
function replace<T extends object>(record: T, key: string, value: unknown): T {
  if (!Object.hasOwn(record, key)) throw new ErlangError(['badkey', key]);
  return { ...record, [key]: value };
}
