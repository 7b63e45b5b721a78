/** A stored `false` stays `false`: no default takes its place. */
import * as Config from './config.ts';

await Config.startLink({ database: { host: 'localhost', port: 5432 }, cache: { ttl: 3600, enabled: true } });
console.log(await Config.get('database', 'host'));
await Config.put('database', 'port', 5433);
console.log(await Config.get('database', 'port'));
console.log(await Config.update('cache', 'ttl', (seconds) => seconds * 2));
await Config.put('cache', 'enabled', false);
console.log(await Config.get('cache', 'enabled'));
