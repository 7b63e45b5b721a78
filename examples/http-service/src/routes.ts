/** What the service answers. */
import { Application } from 'coppice';
import { Hono } from 'hono';
import { type RequestIdVariables, requestId } from 'hono/request-id';
import * as Prices from './prices.ts';
import { inProcess } from './request-process.ts';

export interface RouteSettings {
  /** Where prices are asked for that are not known: the item is added to it. */
  readonly upstream: string;
  readonly requestTimeout: number;
}

export function routes({ upstream, requestTimeout }: RouteSettings): Hono<{ Variables: RequestIdVariables }> {
  const app = new Hono<{ Variables: RequestIdVariables }>();
  app.use(requestId());
  app.get('/ready', (c) => {
    const { ready, why } = Application.health();
    return c.text(why.join('\n'), ready ? 200 : 503);
  });
  app.get(
    '/price/:item',
    inProcess(requestTimeout, async (c, { signal }) => {
      const item = c.req.param('item') ?? '';
      const price = (await Prices.find(item)) ?? (await ask(item, signal));
      return c.json({ item, price });
    }),
  );
  return app;

  async function ask(item: string, signal: AbortSignal): Promise<number> {
    const response = await fetch(`${upstream}/${item}`, { signal });
    if (!response.ok) throw new Error(`upstream answered ${response.status} for ${item}`);
    return Prices.learn(item, await response.text());
  }
}
