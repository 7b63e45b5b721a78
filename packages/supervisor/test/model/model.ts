/**
 * What OTP's rules make of a plan: a model of supervisors, written from the manual and from what the BEAM was seen to do, with lists and recursion and
 * without processes. It shares no code with the package.
 */
import type { Coverage } from './coverage.ts';
import {
  type Operation,
  type Plan,
  type Reason,
  SHORT_MS,
  type SupervisorNode,
  type TreeNode,
  type WorkerNode,
} from './plan.ts';
import type { Expected } from './transcript.ts';

interface Worker {
  readonly node: WorkerNode;
  readonly life: string;
}
interface Tree {
  readonly node: SupervisorNode;
  readonly life: string;
  /** In the order of their start. */
  children: Child[];
  restarts: number[];
}
type Running = Worker | Tree;
interface Child {
  readonly node: TreeNode;
  run: Running | undefined;
}
type Started = { readonly run: Running } | 'ignored' | { readonly failed: string };
/** A supervisor that has to end, `'shutdown'` being its reason. */
type Next = 'go_on' | 'end';

/** Performs plans on paper. */
export class Model {
  readonly #coverage: Coverage;
  readonly #attempts = new Map<string, number>();
  readonly #lives = new Map<string, number>();
  #root: Tree | undefined;
  #log: string[] = [];
  #ends: string[] = [];
  #orphans: string[] = [];
  #now = 0;
  /** When the last of those without a supervisor will have ended. */
  #orphansUntil = 0;

  constructor(coverage: Coverage) {
    this.#coverage = coverage;
  }

  /** The start of the tree, then each operation until the root has ended. */
  perform({ root, operations }: Plan): readonly Expected[] {
    const started = this.#start(root);
    if (typeof started === 'string' || 'failed' in started) {
      return [
        this.#observe('ok', `did not start: ${typeof started === 'string' ? started : started.failed}`),
      ];
    }
    this.#root = asTree(started.run);
    const steps = [this.#observe('ok', this.#tree())];
    for (const operation of operations) {
      if (this.#root === undefined) break;
      const answer = this.#apply(operation);
      this.#now = Math.max(this.#now, this.#orphansUntil);
      steps.push(this.#observe(answer, this.#tree()));
    }
    return steps;
  }

  #observe(answer: string, tree: string): Expected {
    const step = { answer, log: this.#log, ends: this.#ends.toSorted(), tree, orphans: this.#orphans };
    this.#log = [];
    this.#ends = [];
    this.#orphans = [];
    return step;
  }

  #apply(operation: Operation): string {
    switch (operation.kind) {
      case 'wait':
        this.#now += operation.ms;
        return 'ok';
      case 'exit':
        return this.#exit(operation.id, operation.reason);
      case 'kill':
        return this.#kill(operation.id);
      case 'start':
        return this.#ask(operation, (tree) => this.#startChild(tree, operation.node));
      case 'terminate':
        return this.#ask(operation, (tree) =>
          this.#withChild(tree, operation, (child) => this.#terminateChild(tree, child)),
        );
      case 'restart':
        return this.#ask(operation, (tree) =>
          this.#withChild(tree, operation, (child) => this.#restartChild(tree, child)),
        );
      case 'delete':
        return this.#ask(operation, (tree) =>
          this.#withChild(tree, operation, (child) => deleteChild(tree, child)),
        );
    }
  }

  // ------------------------------------------------------------------ what others do

  #exit(id: string, reason: Reason): string {
    const path = this.#find(id);
    const child = path?.at(-1)?.child;
    if (path === undefined || child?.run === undefined || isTree(child.run)) return 'skipped';
    this.#log.push(`-${child.run.life} ${reason}`);
    this.#end(child.run, reason, this.#now);
    this.#exited(path, reason);
    return 'ok';
  }

  #kill(id: string): string {
    const path = this.#find(id);
    const run = path?.at(-1)?.child.run;
    if (path === undefined || run === undefined) return 'skipped';
    this.#killed(run, this.#now);
    this.#exited(path, 'killed');
    return 'ok';
  }

  /** The last child of `path` has ended: its supervisor deals with that, and, should it end thereby, the one above. */
  #exited(path: readonly Step[], reason: string): void {
    const last = path.at(-1);
    if (last === undefined) {
      this.#root = undefined;
      return;
    }
    const { tree, child } = last;
    this.#coverage.exit(tree.node, child.node, reason);
    if (this.#childExited(tree, child, reason) === 'go_on') return;
    this.#now = this.#stopChildren(tree, this.#now, this.#log);
    this.#end(tree, 'shutdown', this.#now);
    this.#exited(path.slice(0, -1), 'shutdown');
  }

  #ask(
    operation: { readonly kind: string; readonly supervisor: string },
    ask: (tree: Tree) => string,
  ): string {
    const tree = this.#findTree(operation.supervisor);
    return tree === undefined ? 'skipped' : ask(tree);
  }

  #withChild(
    tree: Tree,
    { kind, id }: Extract<Operation, { kind: 'terminate' | 'restart' | 'delete' }>,
    act: (child: Child) => string,
  ): string {
    const child = tree.children.find(({ node }) => node.id === id);
    if (child === undefined) return 'not_found';
    this.#coverage.operation(tree.node, child.node, kind);
    return act(child);
  }

  #startChild(tree: Tree, node: TreeNode): string {
    const namesake = tree.children.find((child) => child.node.id === node.id);
    this.#coverage.operation(tree.node, node, 'start');
    if (namesake !== undefined) return namesake.run === undefined ? 'already_present' : 'already_started';
    const started = this.#start(node);
    if (started === 'ignored') {
      if (node.restart !== 'temporary') tree.children.push({ node, run: undefined });
      return 'ok undefined';
    }
    if ('failed' in started) return started.failed;
    tree.children.push({ node, run: started.run });
    return 'ok';
  }

  #terminateChild(tree: Tree, child: Child): string {
    if (child.run !== undefined) this.#now = this.#stop(child.run, this.#now, this.#log);
    endChild(tree, child);
    return 'ok';
  }

  #restartChild(_tree: Tree, child: Child): string {
    if (child.run !== undefined) return 'running';
    const started = this.#start(child.node);
    if (started === 'ignored') return 'ok undefined';
    if ('failed' in started) return started.failed;
    child.run = started.run;
    return 'ok';
  }

  // ------------------------------------------------------------------ what a supervisor does

  #childExited(tree: Tree, child: Child, reason: string): Next {
    const isClean = reason === 'normal' || reason === 'shutdown' || reason === 'shutdown_term';
    const { restart } = child.node;
    if (restart === 'permanent' || (restart === 'transient' && !isClean)) return this.#restart(tree, child);
    endChild(tree, child);
    const { autoShutdown } = tree.node;
    if (autoShutdown === 'never' || !child.node.significant) return 'go_on';
    if (autoShutdown === 'any_significant') return 'end';
    return tree.children.some(({ node, run }) => node.significant && run !== undefined) ? 'go_on' : 'end';
  }

  /** Restarts, and tries again as long as a start fails and the limit holds: nothing else is in the supervisor's mailbox. */
  #restart(tree: Tree, first: Child): Next {
    let due: Child | undefined = first;
    while (due !== undefined) {
      const { maxRestarts, maxSeconds } = tree.node;
      tree.restarts = [...tree.restarts, this.#now].filter((at) => this.#now - at <= maxSeconds * 1_000);
      if (tree.restarts.length > maxRestarts) {
        endChild(tree, due);
        return 'end';
      }
      due = this.#restartOnce(tree, due);
    }
    return 'go_on';
  }

  /** The child whose start failed. */
  #restartOnce(tree: Tree, child: Child): Child | undefined {
    const { strategy } = tree.node;
    child.run = undefined;
    if (strategy === 'one_for_one') return this.#startAgain(tree, child) ? undefined : child;
    const from = strategy === 'one_for_all' ? 0 : tree.children.indexOf(child);
    const group = tree.children.slice(from);
    for (const member of group.toReversed()) {
      if (member.run !== undefined) this.#now = this.#stop(member.run, this.#now, this.#log);
      member.run = undefined;
    }
    tree.children = tree.children.filter(
      (member) => !group.includes(member) || member.node.restart !== 'temporary',
    );
    for (const member of group) {
      if (member.node.restart !== 'temporary' && !this.#startAgain(tree, member)) return member;
    }
    return undefined;
  }

  /** False if the start failed. */
  #startAgain(tree: Tree, child: Child): boolean {
    const started = this.#start(child.node);
    if (started === 'ignored') {
      this.#coverage.operation(tree.node, child.node, 'restart_ignored');
      return true;
    }
    if ('failed' in started) {
      this.#coverage.operation(tree.node, child.node, 'restart_failed');
      return false;
    }
    child.run = started.run;
    return true;
  }

  // ------------------------------------------------------------------ starting and stopping

  #start(node: TreeNode): Started {
    return node.kind === 'worker' ? this.#startWorker(node) : this.#startTree(node);
  }

  #startWorker(node: WorkerNode): Started {
    const attempt = this.#attempts.get(node.id) ?? 0;
    this.#attempts.set(node.id, attempt + 1);
    const outcome = node.starts[attempt] ?? 'ok';
    if (outcome === 'ok') {
      const life = this.#newLife(node.id);
      this.#log.push(`+${life}`);
      return { run: { node, life } };
    }
    this.#log.push(`${outcome === 'fail' ? '?' : '~'}${node.id}`);
    return outcome === 'fail' ? { failed: 'nope' } : 'ignored';
  }

  #startTree(node: SupervisorNode): Started {
    const children: Child[] = [];
    for (const spec of node.children) {
      const started = this.#start(spec);
      if (started === 'ignored') {
        if (spec.restart !== 'temporary') children.push({ node: spec, run: undefined });
      } else if ('failed' in started) {
        this.#now = this.#stopChildren({ node, life: '', children, restarts: [] }, this.#now, this.#log);
        return { failed: `{shutdown,{failed_to_start_child,${spec.id},${started.failed}}}` };
      } else {
        children.push({ node: spec, run: started.run });
      }
    }
    return { run: { node, life: this.#newLife(node.id), children, restarts: [] } };
  }

  /** A process is told to stop by its supervisor at `atMs`. Gives when it has ended. */
  #stop(run: Running, atMs: number, log: string[]): number {
    if (run.node.shutdown === 'brutal_kill') return this.#killed(run, atMs);
    if (isTree(run)) {
      const endMs = this.#stopChildren(run, atMs, log);
      return this.#end(run, 'shutdown', endMs);
    }
    if (!run.node.traps) return this.#end(run, 'shutdown', atMs);
    log.push(`-${run.life} shutdown`);
    const { ending } = run.node;
    if (ending === 'hang') return this.#end(run, 'killed', atMs + SHORT_MS);
    return this.#end(run, ending === 'plain' ? 'shutdown' : ending, atMs);
  }

  #stopChildren(tree: Tree, atMs: number, log: string[]): number {
    let endMs = atMs;
    for (const { run } of tree.children.toReversed())
      if (run !== undefined) endMs = this.#stop(run, endMs, log);
    return endMs;
  }

  /** A process is killed; the children of a supervisor end by themselves then, all at once. */
  #killed(run: Running, atMs: number): number {
    this.#end(run, 'killed', atMs);
    if (!isTree(run)) return atMs;
    for (const { run: orphan } of run.children) {
      if (orphan !== undefined)
        this.#orphansUntil = Math.max(this.#orphansUntil, this.#orphaned(orphan, atMs));
    }
    return atMs;
  }

  /** Its supervisor was killed. */
  #orphaned(run: Running, atMs: number): number {
    if (isTree(run)) {
      const endMs = this.#stopChildren(run, atMs, this.#orphans);
      return this.#end(run, 'killed', endMs);
    }
    if (!run.node.traps) return this.#end(run, 'killed', atMs);
    this.#orphans.push(`-${run.life} killed`);
    const { ending } = run.node;
    return this.#end(run, ending === 'odd' || ending === 'normal' ? ending : 'killed', atMs);
  }

  #end({ life }: Running, reason: string, atMs: number): number {
    this.#ends.push(`${life} ${reason}`);
    return atMs;
  }

  #newLife(id: string): string {
    const life = (this.#lives.get(id) ?? 0) + 1;
    this.#lives.set(id, life);
    return `${id}#${life}`;
  }

  // ------------------------------------------------------------------ looking

  #find(id: string): readonly Step[] | undefined {
    return this.#root === undefined ? undefined : pathTo(this.#root, id);
  }

  #findTree(id: string): Tree | undefined {
    if (this.#root?.node.id === id) return this.#root;
    const run = this.#find(id)?.at(-1)?.child.run;
    return run !== undefined && isTree(run) ? run : undefined;
  }

  #tree(): string {
    return this.#root === undefined ? 'ended: shutdown' : writeTree(this.#root);
  }
}

/** A child and its supervisor. */
interface Step {
  readonly tree: Tree;
  readonly child: Child;
}

function pathTo(tree: Tree, id: string): readonly Step[] | undefined {
  for (const child of tree.children) {
    const step = { tree, child };
    if (child.node.id === id) return [step];
    const below = child.run !== undefined && isTree(child.run) ? pathTo(child.run, id) : undefined;
    if (below !== undefined) return [step, ...below];
  }
  return undefined;
}

/** Last started first, with the counts: all, those that run, supervisors, workers. */
function writeTree({ children }: Tree): string {
  const inside = children.toReversed().map(({ node: { id }, run }) => {
    if (run === undefined) return `${id}=undefined`;
    return isTree(run) ? `${run.life}${writeTree(run)}` : run.life;
  });
  const active = children.filter(({ run }) => run !== undefined).length;
  const supervisors = children.filter((child) => child.node.kind === 'supervisor').length;
  return `(${inside.join(' ')} | ${children.length} ${active} ${supervisors} ${children.length - supervisors})`;
}

/** A child has ended for good: a temporary one is gone. */
function endChild(tree: Tree, child: Child): void {
  child.run = undefined;
  if (child.node.restart === 'temporary') tree.children = tree.children.filter((other) => other !== child);
}

function deleteChild(tree: Tree, child: Child): string {
  if (child.run !== undefined) return 'running';
  tree.children = tree.children.filter((other) => other !== child);
  return 'ok';
}

function isTree(run: Running): run is Tree {
  return run.node.kind === 'supervisor';
}

function asTree(run: Running): Tree {
  if (isTree(run)) return run;
  throw new Error('the root is a supervisor');
}
