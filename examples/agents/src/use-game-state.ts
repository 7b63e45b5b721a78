/** State of several parts. */
import { Agent } from '@coppice/agent';

interface GameState {
  readonly players: readonly string[];
  readonly score: ReadonlyMap<string, number>;
  readonly round: number;
}
const game = Agent.name<GameState>('game_state');

const addPlayer = (player: string): Promise<void> =>
  Agent.update(game, (state) => ({
    ...state,
    players: [player, ...state.players],
    score: new Map(state.score).set(player, 0),
  }));
const updateScore = (player: string, points: number): Promise<void> =>
  Agent.update(game, (state) => ({
    ...state,
    score: new Map(state.score).set(player, (state.score.get(player) ?? 0) + points),
  }));
const nextRound = (): Promise<void> => Agent.update(game, (state) => ({ ...state, round: state.round + 1 }));
const leaderboard = (): Promise<[string, number][]> =>
  Agent.get(game, (state) => [...state.score].sort(([, a], [, b]) => b - a));

await Agent.startLink((): GameState => ({ players: [], score: new Map(), round: 1 }), { name: game });
await addPlayer('Alice');
await addPlayer('Bob');
await updateScore('Alice', 10);
await updateScore('Bob', 20);
await updateScore('Alice', 5);
await nextRound();
console.log(await leaderboard());
console.log(await Agent.get(game, ({ players, round }) => ({ players, round })));
