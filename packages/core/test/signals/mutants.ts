/** The core with a planted mistake: a copy of its source in which one piece of text is another. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type * as Core from '@coppice/core';

/** A mistake: in `file`, `from` becomes `to`. */
export interface Mutant {
  readonly mistake: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

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

const source = fileURLToPath(new URL('../../src/', import.meta.url));
const copies = fileURLToPath(new URL('../../dist/.mutants/', import.meta.url));

/** Runs `use` with a core that has the mistake. */
export async function withMutant<T>(
  { file, from, to }: Mutant,
  use: (lib: typeof Core) => Promise<T>,
): Promise<T> {
  const copy = `${copies}${crypto.randomUUID()}/`;
  mkdirSync(copy, { recursive: true });
  try {
    cpSync(source, copy, { recursive: true });
    plant(copy + file, from, to);
    plant(`${copy}version.ts`, 'if (loaded !== undefined)', 'if (loaded === null)'); // a second copy, for once
    const lib: typeof Core = await import(/* @vite-ignore */ `${copy}index.ts`);
    return await use(lib);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function plant(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${file} does not have once: ${from}`);
  writeFileSync(
    file,
    text.replace(from, () => to),
  );
}
