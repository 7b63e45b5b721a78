/** What the compiler says of the seed's snippets; those that are Elixir's grammar alone have no counterpart here. */
import { ExitError, sleep } from '@coppice/core';
import { Task } from '@coppice/task';
import { type Scenario, scenario } from '../../scenario.ts';
import { text } from '../../term.ts';

export const seedErrors: Scenario = scenario('seed/22_seed_errors', async (O) => {
  O.step('the same with try … else', ['ok', tryElse()]);
  O.step('reraise inside rescue is fine', ['ok', text(reraise())]);
  const list = [
    1,
    // more
  ];
  O.step('`# … comment` inside a list literal is fine', ['ok', list]);
  const [, used] = await O.isolated(async () => {
    const [, error] = await O.catching(() => Task.awaitMany([Task.async(() => sleep(6000))]));
    return error instanceof ExitError && error.reason === 'timeout' ? error.call?.args[1] : error;
  });
  O.step('Task.await_many/1 default is one 5000 ms for all, named in the exit', used);
});

function tryElse(): readonly unknown[] {
  try {
    return ['ok', 1];
  } catch {
    return ['error', 'task_failed'];
  }
}

function reraise(): unknown {
  try {
    throw new Error('a');
  } catch (error) {
    try {
      throw error;
    } catch (again) {
      return again instanceof Error ? again.message : again;
    }
  }
}
