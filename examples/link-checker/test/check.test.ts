import { relative, resolve } from 'node:path';
import { exit, subscribe, whereis } from '@coppice/core';
import { withNode } from '@coppice/testing';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { makeAssignment } from '../src/assignment.ts';
import { check } from '../src/check.ts';
import { checkedLinks, differences } from '../src/checked-links.ts';
import { readCommandLine } from '../src/cli.ts';
import { ENOUGH } from '../src/kill-count.ts';
import type { Screen } from '../src/progress.ts';
import { makeReport } from '../src/report.ts';
import { readSource } from '../src/source.ts';
import { listening } from './listening.ts';
import { elsewhere, makeSite } from './made-site.ts';

async function assignmentFor(target: string, ...flags: string[]) {
  const source = await readSource(target);
  if (source.kind === 'unusable') throw new Error(source.reason);
  return makeAssignment(source, readCommandLine(['node', 'main.ts', target, ...flags]));
}

describe('check', () => {
  it('gives the same answer with chaos as without, and it is the right one', {
    timeout: 60_000,
  }, async () => {
    await using host = await listening(elsewhere);
    await using site = await makeSite(1, host.url);
    const assignment = await assignmentFor(site.root, '--chaos', '--external', '--seed', '1');

    const calm = await withNode(() => check(assignment.calm));
    const report = makeReport({ ...assignment, ...calm, target: site.root });
    expect(report).toMatchObject({ links: site.links, restarts: 0, complete: true });
    expect(report.pages).toBeGreaterThanOrEqual(site.pages);
    expect(found(report.broken, site.root)).toEqual(site.broken);

    const chaos = await withNode(() => check(assignment.chaos), { crashes: 'allowed' });
    const answers = [calm, chaos].map(({ results }) => checkedLinks(assignment.starts, results));
    expect(differences(answers[0] ?? [], answers[1] ?? [])).toEqual([]);
    expect(answers[1]).toHaveLength(site.links);
    expect(chaos.retries).toBeGreaterThan(0);
    expect(chaos.restarts).toBeGreaterThan(0);

    const kills = new Map(chaos.kills.entries());
    expect([...kills.keys()]).toEqual(
      expect.arrayContaining([
        'site',
        'statistics',
        'crawl',
        'chaos',
        'a fetch',
        'dispatcher',
        'host_workers',
      ]),
    );
    expect([...kills.values()].filter((times) => times < ENOUGH)).toEqual([]);
    expect(kills.has('frontier')).toBe(false);
    for (const [role, times] of kills)
      expect([role, chaos.deaths.get(role) ?? 0]).toEqual([
        role,
        expect.toSatisfy((n: number) => n >= times),
      ]);
  });

  it('stops the tree from the bottom up when it is interrupted', async () => {
    await using site = await makeSite(2, 'http://127.0.0.1:9');
    const assignment = await assignmentFor(site.root, '--rate', '50');
    const abort = new AbortController();
    const ends: (string | undefined)[] = [];
    const outcome = await withNode(async () => {
      const unsubscribe = subscribe('coppice.process.exit', ({ name }) => ends.push(name));
      try {
        return await check({
          ...assignment.calm,
          screen,
          interrupt: abort.signal,
          onTree: () => abort.abort(), // called when there is a first result
        });
      } finally {
        unsubscribe();
      }
    });
    expect(outcome.complete).toBe(false);
    expect([...outcome.results.values()].filter((finding) => finding !== undefined)).not.toEqual([]);
    const children = ['progress', 'crawl', 'site', 'statistics', 'frontier', 'link_checker'];
    expect(ends.filter((name) => children.includes(name ?? ''))).toEqual(children);
  });

  it('ends when the error kernel does: there is nothing left to go on with', async () => {
    await using site = await makeSite(2, 'http://127.0.0.1:9');
    const assignment = await assignmentFor(site.root, '--rate', '50');
    const run = withNode(
      () =>
        check({
          ...assignment.calm,
          onTree: () => {
            const frontier = whereis('frontier');
            if (frontier !== undefined) exit(frontier, 'kill');
          },
        }),
      { crashes: 'allowed' },
    );
    await expect(run).rejects.toThrow('the tree gave up: shutdown');
  });
});

const screen: Screen = {
  isTerminal: true,
  columns: 80,
  colors: pc.createColors(false),
  write: () => {},
};

function found(
  broken: readonly { readonly page: string | null; readonly line: number; readonly href: string }[],
  root: string,
): string[] {
  return broken
    .map(({ page, line, href }) => `${relative(root, resolve(page ?? ''))}:${line} ${href}`)
    .toSorted();
}
