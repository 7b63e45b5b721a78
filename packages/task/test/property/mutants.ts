/** Mistakes planted into copies of the package, to see that the random programs find them. */
import type * as Package from '@coppice/task';
import { type Mutant, withMistakes } from '../../../core/test/mutant.ts';

export const taskMutants: readonly Mutant[] = [
  {
    mistake: 'Task.async does not link',
    file: 'start.ts',
    from: 'link: true,',
    to: 'link: false,',
  },
  {
    mistake: 'asyncNolink links',
    file: 'supervised-task.ts',
    from: 'if (isLinked) link(pid);',
    to: 'link(pid);',
  },
  {
    mistake: 'shutdown leaves the link, which ends the owner',
    file: 'shutdown.ts',
    from: 'unlink(pid);\n  exit(pid, time',
    to: 'exit(pid, time',
  },
  {
    mistake: 'shutdown waits for ever for a task that does not heed it',
    file: 'shutdown.ts',
    from: "  exit(pid, 'kill');\n",
    to: '',
  },
  {
    mistake: 'shutdown forgets a reply that is there',
    file: 'shutdown.ts',
    from: 'if (reply !== undefined) return outcomeOf(task, reply, site);',
    to: '',
  },
  {
    mistake: 'shutdown takes a kill after the time for an orderly end',
    file: 'shutdown.ts',
    from: "reason === (time === 'brutal_kill' ? 'killed' : 'shutdown')",
    to: "(reason === 'killed' || reason === 'shutdown')",
  },
  {
    mistake: 'shutdown of an ended task does not know its reason',
    file: 'shutdown.ts',
    from: "end.reason === 'noproc' && down !== undefined ? down : end",
    to: 'end',
  },
  {
    mistake: 'ignore leaves the link',
    file: 'shutdown.ts',
    from: 'if (task.pid !== undefined) unlink(task.pid);',
    to: '',
  },
  {
    mistake: 'an ignored task still replies',
    file: 'answer.ts',
    from: 'demonitor(ref);\n',
    to: '',
  },
  {
    mistake: 'a DOWN stays behind a reply',
    file: 'answer.ts',
    from: 'demonitor(task.ref, { flush: true });',
    to: '',
  },
  {
    mistake: 'awaitMany waits for all though one has failed',
    file: 'await.ts',
    from: 'isEnough: isDown',
    to: 'isEnough: () => false',
  },
  {
    mistake: 'a consumed task is waited for',
    file: 'await.ts',
    from: 'if (answer === undefined && !isPending) throw new TaskConsumedError(task, site);',
    to: '',
  },
  {
    mistake: 'yieldMany knows no limit',
    file: 'yield.ts',
    from: 'count >= enough',
    to: 'count >= refs.length',
  },
  {
    mistake: 'yieldMany kills what runs when the limit is reached',
    file: 'yield.ts',
    from: "isTimeUp ? onTimeout : 'nothing'",
    to: 'onTimeout',
  },
];

export const streamMutants: readonly Mutant[] = [
  {
    mistake: 'new tasks start only when all that ended is consumed',
    file: 'stream-consumer.ts',
    from: 'this.#draw();\n      const ended = this.#ended[this.#looked];\n      if (ended === undefined) return undefined;',
    to: 'const ended = this.#ended[this.#looked];\n      if (ended === undefined) return void this.#draw();',
  },
  {
    mistake: 'one task more than may runs',
    file: 'stream-consumer.ts',
    from: 'this.#room = plan.maxConcurrency;',
    to: 'this.#room = plan.maxConcurrency + 1;',
  },
  {
    mistake: 'the order of the ends is that of the items',
    file: 'stream-consumer.ts',
    from: 'this.#plan.ordered ? position : this.#turns',
    to: 'position',
  },
  {
    mistake: 'the order of the items is that of the ends',
    file: 'stream-consumer.ts',
    from: 'this.#plan.ordered ? position : this.#turns',
    to: 'this.#turns',
  },
  {
    mistake: 'the stream does not trap exits where its consumer does',
    file: 'stream-consumer.ts',
    from: '{ link: true, trapExit: trapsExits }',
    to: '{ link: true }',
  },
  {
    mistake: 'a failure carries the input of another',
    file: 'stream-consumer.ts',
    from: 'this.#inputs.set(this.#started, item);',
    to: 'this.#inputs.set(this.#started + 1, item);',
  },
  {
    mistake: 'what runs goes on after an item took too long',
    file: 'stream-iterator.ts',
    from: 'await consumer.close();\n    throw error;',
    to: 'throw error;',
  },
  {
    mistake: 'what runs goes on when the loop is left',
    file: 'stream-process.ts',
    from: "for (const { pid } of this.#running.values()) exit(pid, 'kill');",
    to: '',
  },
  {
    mistake: 'an item that took too long ends the stream',
    file: 'stream-process.ts',
    from: 'unlink(task.pid);',
    to: '',
  },
  {
    mistake: 'only the first item that takes too long is killed',
    file: 'stream-process.ts',
    from: 'return this.#startTimer(task.deadline);',
    to: 'return;',
  },
  {
    mistake: 'unlinked tasks end with their consumer',
    file: 'stream-process.ts',
    from: 'if (this.#options.isLinked) for',
    to: 'for',
  },
  {
    mistake: 'a reply is forgotten when the process ends',
    file: 'stream-process.ts',
    from: 'if (task !== undefined) task.reply = { value };',
    to: 'void task; void value;',
  },
];

const home = new URL('../../', import.meta.url);

/** Runs `use` with a package that has the mistake. */
export function withMutant<T>(mutant: Mutant, use: (lib: typeof Package) => Promise<T>): Promise<T> {
  return withMistakes(home, [mutant], use);
}
