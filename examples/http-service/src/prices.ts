/** What items cost, as far as is known: a process that loses everything when it crashes, and is asked again. */
import { type ChildSpec, GenServer, reply } from 'coppice';

const Prices = GenServer.define('Prices', {
  init: () => new Map<string, number>(),
  call: {
    find: (prices, item: string) => reply(prices.get(item), prices),
    // Throws for what is no JSON: a bug of this server, and the end of it.
    learn: (prices, { item, text }: { readonly item: string; readonly text: string }) => {
      const price = Number(JSON.parse(text));
      return reply(price, new Map(prices).set(item, price));
    },
  },
});
const prices = Prices.name('prices');

export const childSpec = (): ChildSpec => Prices.childSpec(undefined, { name: prices });
export const find = (item: string): Promise<number | undefined> => Prices.call(prices, 'find', item);
export const learn = (item: string, text: string): Promise<number> =>
  Prices.call(prices, 'learn', { item, text });
