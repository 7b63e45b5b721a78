/** A name for all nodes of a cluster; on one node it works the same. */
import { Agent } from '@coppice/agent';
import { AlreadyStartedError } from '@coppice/core';

const visits = Agent.name<number>({ global: ['visits', 2026] });

await Agent.startLink(() => 0, { name: visits });
await Agent.update(visits, (count) => count + 1);
console.log(await Agent.get(visits, (count) => count));
try {
  await Agent.startLink(() => 0, { name: visits });
} catch (error) {
  console.log(error instanceof AlreadyStartedError ? 'there is one already' : error);
}
