/** Servers with a planted mistake: a copy of the package's source in which one piece of text is another. */
import type * as Package from '@coppice/gen-server';
import { type Mutant, withMistakes } from '../../../core/test/mutant.ts';

export const mutants: readonly Mutant[] = [
  {
    mistake: 'noreply keeps the old state',
    file: 'callback.ts',
    from: 'loop.state = result.state;',
    to: "if (result.kind !== 'noreply') loop.state = result.state;",
  },
  {
    mistake: 'a thrown result ends the server',
    file: 'callback.ts',
    from: 'thrown instanceof Error ? terminate(loop, thrownReason(thrown)) : obey(loop, thrown, from)',
    to: 'terminate(loop, thrown instanceof Error ? thrownReason(thrown) : { nocatch: thrown })',
  },
  {
    mistake: 'continue comes after queued messages',
    file: 'callback.ts',
    from: 'return ProcLib.continueNext();',
    to: 'return ProcLib.receiveTimeout(0);',
  },
  {
    mistake: 'a timeout step is forgotten',
    file: 'callback.ts',
    from: 'ProcLib.receiveTimeout(step.timeout);',
    to: '',
  },
  {
    mistake: 'stopReply answers before terminate',
    file: 'callback.ts',
    from: "if (result.kind === 'stop') return",
    to: "if (result.kind === 'stop' && from !== undefined && result.reply.length > 0) Gen.reply(from, result.reply[0]);\n  if (result.kind === 'stop') return",
  },
  {
    mistake: 'a throw in terminate is ignored',
    file: 'terminate.ts',
    from: 'return thrown instanceof Error ? thrownReason(thrown) : reason;',
    to: 'return reason;',
  },
  {
    mistake: 'a throw in a callback skips terminate',
    file: 'callback.ts',
    from: 'return thrown instanceof Error ?',
    to: 'if (thrown instanceof Error) throw thrown;\n  return thrown instanceof Error ?',
  },
  {
    mistake: 'suspend holds nothing',
    file: 'system-message.ts',
    from: 'ProcLib.accept((message) =>',
    to: 'void ((message: unknown) =>',
  },
  {
    mistake: 'a system message ends a running timeout',
    file: 'system-message.ts',
    from: 'if (loop.system?.isSuspended !== true) proceed(loop, loop.step);',
    to: '',
  },
  {
    mistake: 'a timeout runs on while suspended',
    file: 'system-message.ts',
    from: 'if (loop.system?.isSuspended !== true) proceed',
    to: 'proceed',
  },
  {
    mistake: 'replaceState that throws loses the state',
    file: 'system-message.ts',
    from: 'const state = replace(loop.state);',
    to: 'const before = loop.state;\n  loop.state = 0;\n  const state = replace(before);',
  },
  {
    mistake: 'stop hides another reason',
    file: 'stop.ts',
    from: "if (down.type === 'DOWN' && !sameTerm(down.reason, reason))",
    to: "if (down.type === 'DOWN' && down.reason === 'noproc')",
  },
  {
    mistake: 'a call waits for ever',
    file: 'call.ts',
    from: 'return Gen.call(server, message, timeout, site);',
    to: "return Gen.call(server, message, 'infinity', site);",
  },
  {
    mistake: 'trapExit is forgotten',
    file: 'define.ts',
    from: 'link,\n    trapExit: definition.trapExit',
    to: 'link',
  },
];

const home = new URL('../../', import.meta.url);

/** Runs `use` with a package that has the mistake. */
export function withMutant<T>(mutant: Mutant, use: (lib: typeof Package) => Promise<T>): Promise<T> {
  return withMistakes(home, [mutant], use);
}
