/** Variations: custom timeout, Analytics, Pipeline. */
import { Agent } from '@coppice/agent';
import { sleep } from '@coppice/core';
import { Task } from '@coppice/task';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { exception, text, untyped } from '../../term.ts';

interface Stats {
  readonly pageViews: ReadonlyMap<string, number>;
  readonly uniqueVisitors: ReadonlySet<number>;
  readonly totalRequests: number;
}

const analytics = Agent.name<Stats>('Analytics');
const Analytics = {
  startLink: () =>
    Agent.startLink(() => ({ pageViews: new Map(), uniqueVisitors: new Set<number>(), totalRequests: 0 }), {
      name: analytics,
    }),
  trackPageView: (page: string, visitorId: number) =>
    Agent.update(analytics, (state) => ({
      pageViews: new Map(state.pageViews).set(page, (state.pageViews.get(page) ?? 0) + 1),
      uniqueVisitors: new Set(state.uniqueVisitors).add(visitorId),
      totalRequests: state.totalRequests + 1,
    })),
  getStats: () =>
    Agent.get(analytics, (state) => ({
      totalPageViews: [...state.pageViews.values()].reduce((sum, views) => sum + views, 0),
      uniqueVisitors: state.uniqueVisitors.size,
      totalRequests: state.totalRequests,
      popularPages: [...state.pageViews].toSorted(([, a], [, b]) => b - a).slice(0, 5),
    })),
};

const parse = (input: string) => input.split(',');
const transform = (item: string) => item.toUpperCase();
const aggregate = (items: readonly string[]) => items.join(' | ');

async function processData(input: string): Promise<string> {
  const parsed = await Task.await(Task.async(() => parse(input)));
  const transformed = await Task.awaitMany(parsed.map((item) => Task.async(() => transform(item))));
  return Task.await(Task.async(() => aggregate(transformed)));
}

export const variations: Scenario = scenario('seed/14_variations', async (O) => {
  const slow = Task.async(async () => {
    await sleep(20);
    return 'slow_result';
  });
  O.step('await with custom timeout', await Task.await(slow, 10_000));
  O.step(
    'await :infinity',
    await Task.await(
      Task.async(() => 1),
      'infinity',
    ),
  );
  await statistics(O);
  O.step('pipeline', text(await processData('a,b,c')));
  O.step('pipeline of an empty string: one empty item', text(await processData('')));
  const [kind, reason] = await O.isolated(() => processData(untyped(null)));
  O.step('a stage that raises ends the caller', [kind, exception(reason)]);
});

async function statistics(O: Oracle): Promise<void> {
  await Analytics.startLink();
  O.step('empty stats', text(await Analytics.getStats()));
  const views = [
    ['/a', 1],
    ['/b', 1],
    ['/a', 2],
    ['/c', 3],
    ['/a', 1],
    ['/d', 1],
    ['/e', 1],
    ['/f', 1],
    ['/b', 2],
  ] as const;
  for (const [page, visitor] of views) await Analytics.trackPageView(page, visitor);
  O.step('stats: top 5, ties in map (key) order', text(await Analytics.getStats()));
  const load = Array.from({ length: 200 }, (_, i) => i + 1);
  await Task.asyncStream(load, (i) => Analytics.trackPageView('/load', i % 10), {
    maxConcurrency: 20,
  }).toArray();
  const { totalRequests, uniqueVisitors, popularPages } = await Analytics.getStats();
  O.step('200 concurrent views are all counted', [totalRequests, uniqueVisitors, text(popularPages[0])]);
}
