/** A service that knows prices, and is down now and then. */
import { type ChildSpec, GenServer, reply, sleep } from 'coppice';

const prices: ReadonlyMap<string, number> = new Map([
  ['tea', 3],
  ['milk', 2],
  ['salt', 1],
]);

const PriceService = GenServer.define('PriceService', {
  init: (outages: readonly number[]) => outages,
  call: {
    // Down once for each of `outages`: the positions of the orders that it is asked for.
    ask: (outages, { item, position }: { readonly item: string; readonly position: number }) => {
      const answer: number | 'down' = outages.includes(position) ? 'down' : (prices.get(item) ?? 0);
      return reply(
        answer,
        outages.filter((outage) => outage !== position),
      );
    },
  },
});
const service = PriceService.name('prices');

export const childSpec = (outages: readonly number[]): ChildSpec =>
  PriceService.childSpec(outages, { name: service });

/** Takes its time. Throws when the service is down. */
export async function priceOf(item: string, position: number): Promise<number> {
  await sleep(2);
  const answer = await PriceService.call(service, 'ask', { item, position });
  if (answer === 'down') throw new Error(`order ${position}: the price service is down`);
  return answer;
}
