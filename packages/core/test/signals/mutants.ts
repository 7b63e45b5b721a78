/** The core with a planted mistake: a copy of its source in which one piece of text is another. */
import type * as Core from '@coppice/core';
import { type Mutant, withMistakes } from '../mutant.ts';

export const mutants: readonly Mutant[] = [
  {
    mistake: 'kill is trapped',
    file: 'delivery.ts',
    from: "} else if (reason === 'kill') {",
    to: "} else if (reason === 'kill' && !process.trapsExits) {",
  },
  {
    mistake: 'kill stays kill',
    file: 'delivery.ts',
    from: "exitProcess(process, 'killed', 'signal')",
    to: "exitProcess(process, 'kill', 'signal')",
  },
  {
    mistake: 'normal of a linked process ends the other',
    file: 'delivery.ts',
    from: "if (reason === 'normal' && (link !== undefined || from !== to)) return;",
    to: "if (reason === 'normal' && link === undefined && from !== to) return;",
  },
  {
    mistake: 'normal by exit ends another',
    file: 'delivery.ts',
    from: "if (reason === 'normal' && (link !== undefined || from !== to)) return;",
    to: "if (reason === 'normal' && link !== undefined) return;",
  },
  {
    mistake: 'an exit signal passes a removed link',
    file: 'delivery.ts',
    from: 'if (!link.isActive) return; // unlinked meanwhile',
    to: '',
  },
  {
    mistake: 'unlink is one-sided',
    file: 'link.ts',
    from: 'if (end.twin !== undefined) endLink(end.twin);',
    to: '',
  },
  {
    mistake: 'a link to a process that died meanwhile is forgotten',
    file: 'delivery.ts',
    from: "route({ kind: 'exit', to: far.peer, from: to, reason: 'noproc', link: near });",
    to: '',
  },
  {
    mistake: 'linking twice makes two links',
    file: 'link.ts',
    from: 'if (pid === process.pid || findEnd(process, pid) !== undefined) return;',
    to: 'if (pid === process.pid) return;',
  },
  {
    mistake: 'demonitor does not stop the DOWN',
    file: 'delivery.ts',
    from: 'if (!monitor.isActive || watcher === undefined) return;',
    to: 'if (watcher === undefined) return;',
  },
  {
    mistake: 'flush leaves the DOWN',
    file: 'monitor.ts',
    from: 'if (options?.flush === true && !wasActive)',
    to: 'if (options?.flush === false && !wasActive)',
  },
  {
    mistake: 'the DOWN comes before the EXIT',
    file: 'exit.ts',
    from: 'const { pid, links, monitors, monitoredBy, host } = process;',
    to: "const { pid, links, monitors, monitoredBy, host } = process;\n  for (let early = monitoredBy?.shift(); early !== undefined; early = monitoredBy?.shift()) host.queue({ kind: 'down', to: early.watcher, monitor: early, reason });",
  },
  {
    mistake: 'a message overtakes signals',
    file: 'delivery.ts',
    from: 'if (process.host.isQuiet) deliver(process, received);',
    to: 'if (to.id > 0) deliver(process, received);',
  },
  {
    mistake: 'linking a dead process is silent',
    file: 'link.ts',
    from: "throw new ExitError('noproc', { module: 'Process', function: 'link', args: [pid] });",
    to: 'return;',
  },
  {
    mistake: 'exit to oneself is a signal like any other',
    file: 'send.ts',
    from: 'if (pid !== process.pid)',
    to: 'if (pid.id > 0)',
  },
];

const home = new URL('../../', import.meta.url);

/** Runs `use` with a core that has the mistake. */
export function withMutant<T>(mutant: Mutant, use: (lib: typeof Core) => Promise<T>): Promise<T> {
  const isSecond = { file: 'version.ts', from: 'if (loaded !== undefined)', to: 'if (loaded === null)' }; // for once
  return withMistakes(home, [mutant, isSecond], use);
}
