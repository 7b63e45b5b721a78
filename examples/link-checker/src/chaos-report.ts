/** What chaos did and whether it changed the answer. */
import type { Colors } from 'picocolors/types.js';
import type { Outcome } from './check.ts';
import { checkedLinks, differences as differencesOf } from './checked-links.ts';
import { NAME as FRONTIER } from './frontier.ts';
import { ENOUGH } from './kill-count.ts';
import { ROOT } from './tree-member.ts';

/** Plain data: part of what `--json` prints. */
export interface ChaosReport {
  readonly seed: number;
  readonly spared: Readonly<Record<string, string>>;
  readonly casualties: readonly Casualties[];
  /** On what the runs with and without chaos disagree; `null` when the run was interrupted and there is nothing to compare. */
  readonly differences: readonly string[] | null;
}

interface Casualties {
  readonly role: string;
  /** By chaos itself. */
  readonly kills: number;
  /** Those kills, and ends because of another's. */
  readonly deaths: number;
}

interface ChaosEvidence {
  readonly seed: number;
  readonly starts: readonly string[];
  readonly outcome: Outcome;
  /** The run without chaos. */
  readonly calm: Outcome;
}

const SPARED = { [ROOT]: 'the root supervisor', [FRONTIER]: 'the error kernel' };

export function makeChaosReport({ seed, starts, outcome, calm }: ChaosEvidence): ChaosReport {
  const casualties = outcome.kills.entries().map(([role, kills]) => {
    return { role, kills, deaths: outcome.deaths.get(role) ?? 0 };
  });
  const answer = ({ results }: Outcome) => checkedLinks(starts, results);
  const disagreement = outcome.complete ? differencesOf(answer(calm), answer(outcome)) : null;
  return { seed, spared: SPARED, casualties, differences: disagreement };
}

export function formatChaosReport(report: ChaosReport, colors: Colors): string {
  const { seed, spared, casualties, differences } = report;
  const { dim, red, yellow } = colors;
  const survivors = Object.entries(spared).map(([role, why]) => `${role} (${why})`);
  const width = Math.max(0, ...casualties.map(({ role }) => role.length));
  return [
    `chaos ${dim(`(seed ${seed})`)} spared ${survivors.join(' and ')}; the others died:`,
    ...casualties.map(({ role, kills, deaths }) => {
      const line = `  ${role.padEnd(width)}  ${deaths} times, ${kills} of them killed by chaos itself`;
      return kills < ENOUGH ? yellow(`${line}: never there when chaos struck`) : line;
    }),
    ...(differences ?? []).map((difference) => red(difference)),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** The last word; nothing after an interruption. */
export function formatJudgement({ differences }: ChaosReport, { bold, green, red }: Colors): string {
  if (differences === null) return '';
  const isSame = differences.length === 0;
  return `${isSame ? green(bold('the same answer as without chaos')) : red(bold('not the same answer as without chaos'))}\n`;
}
