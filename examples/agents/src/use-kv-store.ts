/** Reads before a change keep what they saw. */
import * as Store from './kv-store.ts';

await Store.startLink();
await Store.put('name', 'Alice');
await Store.put('age', 30);
const before = await Store.getAll();
await Store.remove('age');
console.log(await Store.get('name'), await Store.get('age'), await Store.keys());
console.log(before);
