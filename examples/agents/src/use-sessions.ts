/** The state stays a `Map` through every clean-up: one that turned into a list would crash the next `create`. */
import { sleep } from '@coppice/core';
import * as Sessions from './sessions.ts';

await Sessions.startLink();
const short = await Sessions.create(1, 20);
const long = await Sessions.create(2, 3_600_000);
console.log((await Sessions.get(short)).ok, (await Sessions.get(long)).ok, await Sessions.get('nobody'));
await sleep(30);
console.log(await Sessions.get(short));
console.log(`${await Sessions.cleanUp()} dropped`);
console.log(await Sessions.get(short));
await Sessions.remove(long);
await Sessions.create(3, 1_000);
console.log(await Sessions.get(long));
