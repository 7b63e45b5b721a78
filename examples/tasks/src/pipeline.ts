/** Stages that wait for each other, the middle one in parallel. */
import { Task } from '@coppice/task';

async function processData(input: string): Promise<string> {
  const parsed = await Task.await(Task.async(() => input.split(',')));
  const transformed = await Task.awaitMany(parsed.map((item) => Task.async(() => item.toUpperCase())));
  return Task.await(Task.async(() => transformed.join(' | ')));
}

console.log(await processData('one,two,three'));
