/** What a run found, for people and for machines. */
import type { Colors } from 'picocolors/types.js';
import { checkedLinks } from './checked-links.ts';
import type { Results } from './ledger.ts';

/** A broken link and where it is written. */
export interface BrokenLink {
  /** File, or address of the page; `null` for an address that the check began with. */
  readonly page: string | null;
  /** From 1; 0 where there is no page. */
  readonly line: number;
  readonly href: string;
  readonly reason: string;
}

/** Plain data: this is what `--json` prints. */
export interface Report {
  readonly target: string;
  readonly links: number;
  readonly pages: number;
  readonly broken: readonly BrokenLink[];
  /** Links that were left alone, by why. */
  readonly unchecked: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
  readonly restarts: number;
  readonly retries: number;
  readonly seconds: number;
  /** Whether it is the whole answer: false after Ctrl-C. */
  readonly complete: boolean;
}

/** What a report is made of. */
export interface Evidence {
  readonly target: string;
  readonly starts: readonly string[];
  readonly results: Results;
  /** How people call the page at an address: its file, where there is one. */
  readonly nameOf: (url: string) => string;
  readonly restarts: number;
  readonly retries: number;
  readonly seconds: number;
  readonly complete: boolean;
}

export function makeReport(evidence: Evidence): Report {
  const { target, starts, results, nameOf, restarts, retries, seconds, complete } = evidence;
  const links = checkedLinks(starts, results);
  const broken = links.flatMap(({ page, line, href, verdict }) =>
    verdict.kind === 'broken'
      ? [{ page: page === undefined ? null : nameOf(page), line, href, reason: verdict.reason }]
      : [],
  );
  const unchecked = new Map<string, number>();
  for (const { verdict } of links) {
    if (verdict.kind === 'unchecked') unchecked.set(verdict.reason, (unchecked.get(verdict.reason) ?? 0) + 1);
  }
  return {
    target,
    links: links.filter(({ page }) => page !== undefined).length,
    pages: [...results.values()].filter((finding) => finding?.kind === 'page').length,
    broken,
    unchecked: Object.fromEntries(unchecked),
    notes: notesOn(evidence),
    restarts,
    retries,
    seconds: Math.round(seconds * 10) / 10,
    complete,
  };
}

/** The report on something that can't be checked at all. */
export function unusableReport(target: string, reason: string): Report {
  const nothing = {
    links: 0,
    pages: 0,
    unchecked: {},
    notes: [],
    restarts: 0,
    retries: 0,
    seconds: 0,
    complete: true,
  };
  return { ...nothing, target, broken: [{ page: null, line: 0, href: target, reason }] };
}

function notesOn({ starts, results, nameOf }: Evidence): string[] {
  const cut = [...results].filter(([, finding]) => finding?.kind === 'page' && finding.cut);
  const unread = starts.flatMap((url) => {
    const finding = results.get(url);
    return finding?.kind === 'resource'
      ? [`${nameOf(url)} is ${finding.contentType}, neither HTML nor Markdown: it has no links to check`]
      : [];
  });
  return [
    ...unread,
    ...cut.map(([url]) => `${nameOf(url)} is longer than the limit: only its beginning was read`),
  ];
}

/** The report as text: a line for each broken link, then what else there is to say. Empty when all is well. */
export function formatReport(report: Report, { bold, dim, red, yellow }: Colors): string {
  const width = Math.min(60, Math.max(0, ...report.broken.map((link) => placeOf(link).length)));
  const unchecked = Object.entries(report.unchecked).map(([reason, links]) => `${links} ${reason}`);
  return [
    ...report.broken.map((link) => `${placeOf(link).padEnd(width)}  ${bold(link.href)}  ${red(link.reason)}`),
    ...report.notes.map((note) => yellow(`note: ${note}`)),
    ...(unchecked.length > 0 ? [dim(`not checked: ${unchecked.join(', ')}${hint(report)}`)] : []),
    ...(report.complete ? [] : [yellow('interrupted: this is what was done so far')]),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** `57 links, 2 broken, 0 restarts, 3 retries`, and on how many pages, in what time. */
export function formatSummary(report: Report, { bold, green, red }: Colors): string {
  const { links, broken, restarts, retries, pages, seconds } = report;
  const colored = broken.length > 0 ? red : green;
  const sum = `${links} links, ${broken.length} broken, ${restarts} restarts, ${retries} retries`;
  return `${colored(bold(sum))} (${pages} pages, ${seconds} s)\n`;
}

function placeOf({ page, line }: BrokenLink): string {
  return page === null ? '(start)' : `${page}:${line}`;
}

function hint({ unchecked }: Report): string {
  return Object.hasOwn(unchecked, 'on another host') ? ' (--external checks other hosts)' : '';
}
