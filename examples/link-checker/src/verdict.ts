/** Judges a link by what was found at its address. */
import type { Finding, Page } from './fetcher.ts';
import type { Results } from './ledger.ts';
import type { ResolvedLink } from './link.ts';

export type Verdict =
  | { readonly kind: 'good' }
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'unchecked'; readonly reason: string };

/** As many as browsers follow. */
const MAX_REDIRECTS = 20;

const good: Verdict = { kind: 'good' };

/** Whether `link` leads to something, and to an element of its `#fragment`'s name. */
export function judgeLink({ href, to }: ResolvedLink, results: Results): Verdict {
  switch (to.kind) {
    case 'malformed':
      return { kind: 'broken', reason: `malformed URL: ${href}` };
    case 'other_scheme':
      return { kind: 'unchecked', reason: `with ${to.scheme}:` };
    case 'web': {
      const end = follow(to.url, results);
      if (end.kind !== 'found') return end;
      return to.fragment !== undefined && end.finding.kind === 'page'
        ? judgeFragment(to.fragment, end.finding)
        : judgeFinding(end.finding);
    }
  }
}

/** Whether something is at `url`. */
export function judgeAddress(url: string, results: Results): Verdict {
  const end = follow(url, results);
  return end.kind === 'found' ? judgeFinding(end.finding) : end;
}

type End = Exclude<Verdict, typeof good> | { readonly kind: 'found'; readonly finding: Finding };

/** Follows redirects to what they lead to. */
function follow(start: string, results: Results): End {
  const seen = new Set<string>();
  for (let url = start; ; ) {
    if (seen.has(url))
      return { kind: 'broken', reason: `redirects in a circle: ${[...seen, url].join(' → ')}` };
    if (seen.size > MAX_REDIRECTS) return { kind: 'broken', reason: `more than ${MAX_REDIRECTS} redirects` };
    seen.add(url);
    const finding = results.get(url);
    if (finding === undefined) {
      return { kind: 'unchecked', reason: results.has(url) ? 'not reached' : 'on another host' };
    }
    if (finding.kind !== 'redirect') return { kind: 'found', finding };
    url = finding.url;
  }
}

function judgeFinding(finding: Finding): Verdict {
  return finding.kind === 'refused' || finding.kind === 'failed'
    ? { kind: 'broken', reason: finding.reason }
    : good;
}

function judgeFragment(fragment: string, page: Page): Verdict {
  if (page.anchors.includes(fragment)) return good;
  return page.cut
    ? { kind: 'unchecked', reason: 'in the unread rest of a long page' }
    : { kind: 'broken', reason: `no element #${fragment} there` };
}
