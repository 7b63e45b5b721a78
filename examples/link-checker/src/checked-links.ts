/** The answer of a run: every link of every page with its verdict. */
import type { Results } from './ledger.ts';
import { judgeAddress, judgeLink, type Verdict } from './verdict.ts';

/** A link and its verdict. */
export interface CheckedLink {
  /** Address of the page it is on; `undefined` for an address that the check started with. */
  readonly page: string | undefined;
  readonly line: number;
  readonly href: string;
  readonly verdict: Verdict;
}

/** All links, by page and in the order of their lines; first the starts that are not good, since no page accounts for them. */
export function checkedLinks(starts: readonly string[], results: Results): readonly CheckedLink[] {
  return [
    ...starts
      .map((url) => ({ page: undefined, line: 0, href: url, verdict: judgeAddress(url, results) }))
      .filter(({ verdict }) => verdict.kind !== 'good'),
    ...[...results]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([page, finding]) =>
        finding?.kind === 'page'
          ? finding.links.map((link) => ({
              page,
              line: link.line,
              href: link.href,
              verdict: judgeLink(link, results),
            }))
          : [],
      ),
  ];
}

/** What two runs do not agree on, a line each; none when they gave the same answer. Why a link is broken may differ: a bad server has many ways. */
export function differences(calm: readonly CheckedLink[], chaos: readonly CheckedLink[]): readonly string[] {
  const surplus = new Map<string, number>();
  for (const link of calm) add(surplus, keyOf(link), 1);
  for (const link of chaos) add(surplus, keyOf(link), -1);
  return [...surplus].flatMap(([key, times]) => {
    if (times === 0) return [];
    return [`${key}: ${Math.abs(times)} more ${times > 0 ? 'without' : 'with'} chaos`];
  });
}

function keyOf({ page, line, href, verdict }: CheckedLink): string {
  return `${page ?? '(start)'}:${line} ${href} ${verdict.kind}`;
}

function add(counts: Map<string, number>, key: string, times: number): void {
  counts.set(key, (counts.get(key) ?? 0) + times);
}
