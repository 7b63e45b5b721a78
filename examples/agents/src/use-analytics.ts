/** Several statistics in one update. */
import { Agent } from '@coppice/agent';

interface Analytics {
  readonly pageViews: ReadonlyMap<string, number>;
  readonly visitors: ReadonlySet<string>;
  readonly requests: number;
}
const analytics = Agent.name<Analytics>('analytics');

const trackPageView = (page: string, visitor: string): Promise<void> =>
  Agent.update(analytics, (state) => ({
    pageViews: new Map(state.pageViews).set(page, (state.pageViews.get(page) ?? 0) + 1),
    visitors: new Set(state.visitors).add(visitor),
    requests: state.requests + 1,
  }));

await Agent.startLink((): Analytics => ({ pageViews: new Map(), visitors: new Set(), requests: 0 }), {
  name: analytics,
});
await trackPageView('/home', 'ann');
await trackPageView('/home', 'ben');
await trackPageView('/docs', 'ann');
const stats = await Agent.get(analytics, ({ pageViews, visitors, requests }) => ({
  totalPageViews: [...pageViews.values()].reduce((sum, views) => sum + views, 0),
  uniqueVisitors: visitors.size,
  requests,
  popularPages: [...pageViews].sort(([, a], [, b]) => b - a).slice(0, 5),
}));
console.log(JSON.stringify(stats));
