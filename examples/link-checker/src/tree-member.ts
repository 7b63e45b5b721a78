/** The processes below the root supervisor, as what they are: `frontier`, `host localhost:80`, `a fetch`. */
import { type Pid, processes, processInfo } from '@coppice/core';

/** A process of the tree. */
export interface TreeMember {
  readonly pid: Pid<never>;
  readonly role: string;
}

/** Name of the root supervisor. */
export const ROOT = 'link_checker';

/** Name, label and origin of a process, as `processInfo` and exit events give them. */
export interface Identity {
  readonly name: string | undefined;
  readonly label: unknown;
  readonly initialCall: string;
}

/** What a process is; `undefined` for a task that has not said yet. All fetches are one role: each lives too short to count alone. */
export function roleOf({ name, label, initialCall }: Identity): string | undefined {
  if (name !== undefined) return name;
  if (typeof label === 'string') return label.startsWith('fetch ') ? 'a fetch' : label;
  return /^Task( |$)/.test(initialCall) ? undefined : initialCall;
}

/** The living processes of the tree, without the root and without tasks that were started this very moment. */
export function treeMembers(): readonly TreeMember[] {
  return processes().flatMap((pid) => {
    const info = processInfo(pid);
    if (info === undefined || !isInTree(info.ancestors)) return [];
    const role = roleOf({ ...info, name: info.registeredName });
    return role === undefined ? [] : [{ pid, role }];
  });
}

/** Whether a process with these ancestors is below the root. */
export function isInTree(ancestors: readonly (Pid<never> | string)[]): boolean {
  return ancestors.includes(ROOT);
}
