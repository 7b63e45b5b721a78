import { describe, expect, it } from 'vitest';
import { type CheckedLink, checkedLinks, differences } from '../src/checked-links.ts';
import type { Finding } from '../src/fetcher.ts';
import { resolveLink } from '../src/link.ts';

const start = 'http://site.test/';
const page = (...hrefs: string[]): Finding => ({
  kind: 'page',
  anchors: [],
  cut: false,
  links: hrefs.map((href, index) => ({ href, line: index + 1, to: resolveLink(href, start) })),
});

describe('checkedLinks', () => {
  it('lists links by page and line, whatever order they were found in', () => {
    const results = new Map([
      [`${start}b`, page('a', 'a')],
      [`${start}a`, page('b')],
    ]);
    expect(checkedLinks([`${start}a`], results).map(({ page: on, line, href }) => [on, line, href])).toEqual([
      [`${start}a`, 1, 'b'],
      [`${start}b`, 1, 'a'],
      [`${start}b`, 2, 'a'],
    ]);
  });

  it('lists a start that leads nowhere', () => {
    const results = new Map<string, Finding>([[start, { kind: 'refused', reason: '404 Not Found' }]]);
    expect(checkedLinks([start], results)).toEqual([
      { page: undefined, line: 0, href: start, verdict: { kind: 'broken', reason: '404 Not Found' } },
    ]);
  });
});

describe('differences', () => {
  const link = (href: string, kind: 'good' | 'broken', reason = 'why'): CheckedLink => ({
    page: start,
    line: 1,
    href,
    verdict: kind === 'good' ? { kind } : { kind, reason },
  });

  it('finds none between equal answers in any order, whatever the reasons', () => {
    expect(
      differences(
        [link('a', 'good'), link('b', 'broken', 'x')],
        [link('b', 'broken', 'y'), link('a', 'good')],
      ),
    ).toEqual([]);
  });

  it('finds links that are lost, counted twice or judged otherwise', () => {
    const calm = [link('lost', 'good'), link('twice', 'good'), link('judged', 'good')];
    const chaos = [link('twice', 'good'), link('twice', 'good'), link('judged', 'broken')];
    expect(differences(calm, chaos)).toEqual([
      'http://site.test/:1 lost good: 1 more without chaos',
      'http://site.test/:1 twice good: 1 more with chaos',
      'http://site.test/:1 judged good: 1 more without chaos',
      'http://site.test/:1 judged broken: 1 more with chaos',
    ]);
  });
});
