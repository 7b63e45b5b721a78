import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../src/fetcher.ts';
import { resolveLink } from '../src/link.ts';
import { formatReport, formatSummary, makeReport } from '../src/report.ts';

const start = 'http://site.test/';
const links = ['a', 'a#b', 'mailto:x@y.test', 'http://other.test/', 'later'].map((href, index) => {
  return { href, line: index + 1, to: resolveLink(href, start) };
});
const results = new Map<string, Finding | undefined>([
  [start, { kind: 'page', links, anchors: [], cut: true }],
  [`${start}a`, { kind: 'page', links: [], anchors: [], cut: false }],
  [`${start}later`, undefined],
]);
const report = makeReport({
  target: 'the site',
  starts: [start],
  results,
  nameOf: (url) => url.replace(start, 'site/'),
  restarts: 1,
  retries: 2,
  seconds: 3.21,
  complete: false,
});

describe('makeReport', () => {
  it('counts links, and says which are broken and which were left alone', () => {
    expect(report).toEqual({
      target: 'the site',
      links: 5,
      pages: 2,
      broken: [{ page: 'site/', line: 2, href: 'a#b', reason: 'no element #b there' }],
      unchecked: { 'with mailto:': 1, 'on another host': 1, 'not reached': 1 },
      notes: ['site/ is longer than the limit: only its beginning was read'],
      restarts: 1,
      retries: 2,
      seconds: 3.2,
      complete: false,
    });
  });
});

describe('formatReport', () => {
  it('is readable without colours', () => {
    expect(formatReport(report, pc.createColors(false)).split('\n')).toEqual([
      'site/:2  a#b  no element #b there',
      'note: site/ is longer than the limit: only its beginning was read',
      'not checked: 1 with mailto:, 1 on another host, 1 not reached (--external checks other hosts)',
      'interrupted: this is what was done so far',
      '',
    ]);
  });

  it('is colourful on a terminal', () => {
    expect(formatReport(report, pc.createColors(true))).toContain('\u001b[31m');
  });
});

describe('formatSummary', () => {
  it('is one line', () => {
    expect(formatSummary(report, pc.createColors(false))).toBe(
      '5 links, 1 broken, 1 restarts, 2 retries (2 pages, 3.2 s)\n',
    );
  });
});
