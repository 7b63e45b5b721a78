/** `increment` says nothing; `get` tells the count. Under a supervisor, a counter that is killed starts again from its first value. */
import { exit, monitor, receive, whereis } from '@coppice/core';
import { Supervisor } from '@coppice/supervisor';
import * as Counter from './counter.ts';

const supervisor = await Supervisor.startLink([Counter.childSpec(10)], { strategy: 'one_for_one' });
console.log(await Counter.increment());
await Counter.increment();
console.log(await Counter.get());
await Counter.reset();
console.log(await Counter.get());
await Counter.decrement();

const pid = whereis('counter');
if (pid === undefined) throw new Error('the counter is not running');
monitor(pid);
exit(pid, 'kill');
await receive();
await Supervisor.countChildren(supervisor); // answers when the restart is done
console.log(await Counter.get());
await Supervisor.stop(supervisor);
