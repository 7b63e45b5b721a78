/** The cache is empty after a restart, and there: nobody finds a table without an owner. */
import { exit, monitor, receive, whereis } from '@coppice/core';
import { Supervisor } from '@coppice/supervisor';
import * as Cache from './hybrid-cache.ts';

const supervisor = await Supervisor.startLink([Cache.childSpec()], { strategy: 'one_for_one' });
Cache.put('answer', 42);
console.log(Cache.get('answer'), Cache.get('question'));

const owner = whereis('hybrid_cache');
if (owner === undefined) throw new Error('the cache is not running');
monitor(owner);
exit(owner, 'kill');
await receive();
await Supervisor.countChildren(supervisor); // answers when the restart is done
console.log(Cache.get('answer'));
await Supervisor.stop(supervisor);
