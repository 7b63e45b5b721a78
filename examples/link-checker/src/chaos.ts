/**
 * Kills processes of the tree at random, all the time, itself included. Spared are the root supervisor, because somebody
 * has to be left who starts the others, and the frontier, because nobody could give it its state back.
 */
import { exit, sendAfter } from '@coppice/core';
import { GenServer, noreply } from '@coppice/gen-server';
import type { ChildSpec } from '@coppice/supervisor';
import * as Frontier from './frontier.ts';
import { ENOUGH, type KillCount } from './kill-count.ts';
import { type TreeMember, treeMembers } from './tree-member.ts';

export interface ChaosOptions {
  /** From one kill to the next, until every role was killed often enough. */
  readonly everyMs: number;
  /** Draws numbers in [0, 1). */
  readonly random: () => number;
  /** Kept outside the process, since that dies too. */
  readonly kills: KillCount;
}

/** How much slower it kills then. Work of which each piece takes longer than the tree lives would never end. */
const SLOWER = 8;

interface Strike {
  readonly type: 'strike';
}

const Chaos = GenServer.define('Chaos', {
  init: (options: ChaosOptions) => {
    strikeLater(options);
    return options;
  },
  info: {
    strike: (options, _strike: Strike) => {
      strikeLater(options);
      const victim = chooseVictim(treeMembers(), options);
      if (victim !== undefined) {
        options.kills.count(victim.role);
        exit(victim.pid, 'kill');
      }
      return noreply(options);
    },
  },
});

function strikeLater({ everyMs, kills }: ChaosOptions): void {
  sendAfter(Chaos.self(), { type: 'strike' }, kills.isEnough() ? everyMs * SLOWER : everyMs);
}

export function childSpec(options: ChaosOptions): ChildSpec {
  return Chaos.childSpec(options, { name: 'chaos' });
}

/**
 * Until everyone had their share: first those that are soon gone, while they are there; then those that were killed least.
 * After that, anyone.
 */
export function chooseVictim(
  members: readonly TreeMember[],
  { kills, random }: ChaosOptions,
): TreeMember | undefined {
  const mortals = members.filter(({ role }) => role !== Frontier.NAME);
  kills.meet(mortals.map(({ role }) => role));
  const due = mortals.filter(({ role }) => kills.of(role) < ENOUGH);
  const fleeting = due.filter(({ role }) => FLEETING.has(role));
  const candidates = [fleeting, leastKilled(due, kills), mortals].find((group) => group.length > 0) ?? [];
  return candidates[Math.floor(random() * candidates.length)];
}

/** Roles whose processes no supervisor starts again: when the work is done, there will be none. */
const FLEETING: ReadonlySet<string> = new Set(['a fetch', 'Task.asyncStream']);

function leastKilled(members: readonly TreeMember[], kills: KillCount): readonly TreeMember[] {
  const least = Math.min(...members.map(({ role }) => kills.of(role)));
  return members.filter(({ role }) => kills.of(role) === least);
}
