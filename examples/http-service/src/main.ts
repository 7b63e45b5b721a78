/** The service and its world: an upstream that fails in every way, and clients. */
import { once } from 'node:events';
import { Logger } from '@coppice/logger';
import { Application } from 'coppice';
import { destination, pino } from 'pino';
import { Service } from './service.ts';
import * as Upstream from './upstream.ts';
import { asked } from './upstream.ts';
import * as Web from './web.ts';

Logger.attach({ pino: pino({ mixin: Logger.mixin }, destination(2)) });

const upstream = await Upstream.start();
Application.configure(Service, {
  port: 0,
  upstream: Upstream.urlOf(upstream),
  requestTimeout: 400,
  maxRequests: 2,
});
await Application.start(Service);
const url = await Web.url();

console.log('# An upstream that works');
const first = get('tea');
(await asked()).response.end('3');
console.log(await first);
console.log(await get('tea'), '(not asked again)');

console.log('# One that fails: the process of that request crashes');
const second = get('milk');
(await asked()).response.writeHead(500).end();
console.log(await second);

console.log('# One that lies: the server of the prices crashes, and starts again without any');
const third = get('milk');
(await asked()).response.end('cheap');
console.log(await third);
const fourth = get('tea');
(await asked()).response.end('4');
console.log(await fourth);

console.log(
  '# One that hangs: its requests are killed when their time is up, and meanwhile there is no room for a third',
);
const slow = [get('sugar'), get('salt')];
const hanging = [await asked(), await asked()];
console.log(await get('tea'));
console.log((await Promise.all(slow)).join(', '));
await Promise.all(hanging.map(isClosed));
console.log('upstream is rid of both');

console.log('# A client that goes: its request is killed');
const client = new AbortController();
const abandoned = fetch(`${url}/price/sugar`, { signal: client.signal }).catch((error: Error) => error.name);
const forNobody = await asked();
client.abort();
console.log(await abandoned);
await isClosed(forNobody);
console.log('upstream is rid of it');

console.log('# A stop: what runs is finished, nothing new is taken');
const last = get('sugar');
const question = await asked();
const stopped = Application.stop(Service);
question.response.end('2');
console.log(await last);
await stopped;
console.log(await get('tea').catch(() => 'refused'));
upstream.close();
upstream.closeAllConnections();

async function get(item: string): Promise<string> {
  const response = await fetch(`${url}/price/${item}`);
  return `${response.status} ${(await response.text()).trim()}`;
}

async function isClosed({ response }: Upstream.Asked): Promise<void> {
  if (!response.closed) await once(response, 'close');
}
