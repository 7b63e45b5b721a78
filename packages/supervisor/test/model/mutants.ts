/** Mistakes of the kind that supervisors are made with. Each is one change of the text of one file; the model test must find it. */

export interface Mutant {
  readonly name: string;
  /** In `src`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const mutants: readonly Mutant[] = [
  {
    name: 'stops children in the order of their start',
    file: 'restart-strategy.ts',
    from: 'Array.from(siblings.backwards(),',
    to: 'Array.from(siblings,',
  },
  {
    name: 'restarts a transient child after shutdown',
    file: 'child-exit.ts',
    from: 'return isAbnormal(reason);',
    to: "return reason !== 'normal';",
  },
  {
    name: 'starts temporary siblings again with their group',
    file: 'restart-strategy.ts',
    from: "if (sibling.spec.restart !== 'temporary') steps.push",
    to: 'steps.push',
  },
  {
    name: 'leaves siblings that had ended out of the restart of their group',
    file: 'restart-strategy.ts',
    from: "if (sibling.spec.restart !== 'temporary') steps.push",
    to: "if (sibling.spec.restart !== 'temporary' && (sibling === child || sibling.status === 'running')) steps.push",
  },
  {
    name: 'tolerates one restart more',
    file: 'restart-intensity.ts',
    from: 'exceeded: size > limit.intensity',
    to: 'exceeded: size > limit.intensity + 1',
  },
  {
    name: 'never forgets a restart',
    file: 'restart-intensity.ts',
    from: 'front.atMs >= sinceMs',
    to: 'front.atMs >= 0',
  },
  {
    name: 'forgets a restart that is exactly as old as the period',
    file: 'restart-intensity.ts',
    from: 'front.atMs >= sinceMs',
    to: 'front.atMs > sinceMs',
  },
  {
    name: 'does not count a restart that is tried again',
    file: 'supervision.ts',
    from: 'return perform(supervision, onRestart(supervision, child, monotonicTime()));',
    to: 'return perform(supervision, { ...onRestart(supervision, child, monotonicTime()), restarts: supervision.restarts });',
  },
  {
    name: 'gives up at the first restart that fails',
    file: 'supervision.ts',
    from: "started.kind === 'failed' ? retryLater(supervision, action.child, started.reason) : 'next'",
    to: "started.kind === 'failed' ? 'shutdown' : 'next'",
  },
  {
    name: 'goes on with the group after a start that failed',
    file: 'supervision.ts',
    from: "started.kind === 'failed' ? retryLater(supervision, action.child, started.reason) : 'next'",
    to: "(started.kind === 'failed' && retryLater(supervision, action.child, started.reason), 'next')",
  },
  {
    name: 'keeps a temporary child that has ended',
    file: 'supervision.ts',
    from: "options.keepsStopped && child.spec.restart !== 'temporary'",
    to: 'options.keepsStopped',
  },
  {
    name: 'waits for a child for ever',
    file: 'child-shutdown.ts',
    from: "wait('shutdown', shutdown)",
    to: "wait('shutdown', 10_000)",
  },
  {
    name: 'tells a brutal_kill child to stop instead of killing it',
    file: 'child-shutdown.ts',
    from: "shutdown === 'brutal_kill' ? wait('kill', 'infinity')",
    to: "shutdown === 'brutal_kill' ? wait('shutdown', 1)",
  },
  {
    name: 'leaves what has started running when a later child fails',
    file: 'static-children.ts',
    from: 'await stopAll(supervision);\n    return',
    to: 'return',
  },
  {
    name: 'restarts under rest_for_one those before the child too',
    file: 'restart-strategy.ts',
    from: 'if (sibling === child) break;',
    to: '',
  },
  {
    name: 'ends with the first of all significant children',
    file: 'auto-shutdown.ts',
    from: 'return !hasOther(siblings, child);',
    to: 'return true;',
  },
  {
    name: 'lets the end of any child end it',
    file: 'auto-shutdown.ts',
    from: 'if (!child.spec.significant) return false;',
    to: '',
  },
  {
    name: 'puts a child that was started later in front',
    file: 'children.ts',
    from: `    child.previous = this.#last;
    if (this.#last === undefined) this.#first = child;
    else this.#last.next = child;
    this.#last = child;`,
    to: `    child.next = this.#first;
    if (this.#first === undefined) this.#last = child;
    else this.#first.previous = child;
    this.#first = child;`,
  },
  {
    name: 'restarts a child that terminateChild has stopped while it waited for its restart, or any that it stops',
    file: 'static-children.ts',
    from: '  await stop(supervision, child);\n  return { ok: true, value: undefined };',
    to: '  await stop(supervision, child);\n  await start(supervision, child);\n  return { ok: true, value: undefined };',
  },
];
