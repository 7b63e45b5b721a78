/**
 * Kills processes of the tree at random, all the time, itself included. Spared are the root supervisor, because somebody
 * has to be left who starts the others, and the frontier, because nobody could give it its state back.
 */
import { exit, monotonicTime, sendInterval } from '@coppice/core';
import { GenServer, noreply } from '@coppice/gen-server';
import type { ChildSpec } from '@coppice/supervisor';
import * as Frontier from './frontier.ts';
import { ENOUGH, type KillCount } from './kill-count.ts';
import { type TreeMember, treeMembers } from './tree-member.ts';

export interface ChaosOptions {
  /** From one kill to the next, as long as somebody is there who was not killed often enough. */
  readonly everyMs: number;
  /** The same when all who are there were. Longer than a piece of work takes: where nothing lives that long, no work is ever done. */
  readonly laterMs: number;
  /** Draws numbers in [0, 1). */
  readonly random: () => number;
  /** Kept outside the process, since that dies too. */
  readonly kills: KillCount;
}

/** Roles whose processes no supervisor starts again: when the work is done, there will be none. */
const FLEETING: ReadonlySet<string> = new Set(['a fetch', 'Task.asyncStream']);

interface State {
  readonly options: ChaosOptions;
  readonly lastKillAt: number;
}
interface Strike {
  readonly type: 'strike';
}

const Chaos = GenServer.define('Chaos', {
  init: (options: ChaosOptions): State => {
    options.kills.meet([...FLEETING]); // they count, though none may be there when chaos looks
    sendInterval(Chaos.self(), { type: 'strike' }, options.everyMs);
    return { options, lastKillAt: monotonicTime() };
  },
  info: {
    strike: (state, _strike: Strike) => {
      const now = monotonicTime();
      const victim = chooseVictim(treeMembers(), state.options, now - state.lastKillAt);
      if (victim === undefined) return noreply(state);
      state.options.kills.count(victim.role);
      exit(victim.pid, 'kill');
      return noreply({ ...state, lastKillAt: now });
    },
  },
});

export function childSpec(options: ChaosOptions): ChildSpec {
  return Chaos.childSpec(options, { name: 'chaos' });
}

/**
 * Until everyone had their share: first those that are soon gone, while they are there; then those that were killed least.
 * After that anyone, when nobody has been killed for `laterMs`.
 */
export function chooseVictim(
  members: readonly TreeMember[],
  { kills, laterMs, random }: ChaosOptions,
  idleMs: number,
): TreeMember | undefined {
  const mortals = members.filter(({ role }) => role !== Frontier.NAME);
  kills.meet(mortals.map(({ role }) => role));
  const due = mortals.filter(({ role }) => kills.of(role) < ENOUGH);
  const fleeting = due.filter(({ role }) => FLEETING.has(role));
  const anyone = idleMs >= laterMs ? mortals : [];
  const candidates = [fleeting, leastKilled(due, kills), anyone].find((group) => group.length > 0) ?? [];
  return candidates[Math.floor(random() * candidates.length)];
}

function leastKilled(members: readonly TreeMember[], kills: KillCount): readonly TreeMember[] {
  const least = Math.min(...members.map(({ role }) => kills.of(role)));
  return members.filter(({ role }) => kills.of(role) === least);
}
