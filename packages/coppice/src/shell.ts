/**
 * The process that the prompt of the REPL is. It ends as any other, by a link for one; then the next line is another process's, and all others go on. IEx: the
 * evaluator.
 */
import { bindSelf, type ExitReason, exit, onExit, type Pid, sleep, spawn } from '@coppice/core';

type Enter = (code: () => void) => void;

export class Shell {
  readonly #told: (pid: Pid<never>, reason: ExitReason) => void;
  #pid: Pid<never>;
  /** Runs code as the shell, now. There as soon as the process has had its first turn. */
  #enter: Promise<Enter>;

  /** Starts the process. `told` hears of each end, when the next process is on its way. */
  constructor(told: (pid: Pid<never>, reason: ExitReason) => void) {
    this.#told = told;
    [this.#pid, this.#enter] = this.#start();
  }

  /** Runs `code`, and all that follows from it, as the shell. */
  async run(code: () => void): Promise<void> {
    const enter = await this.#enter;
    enter(code);
  }

  /** Ends the process, and with it what is linked to it. Told at once. */
  kill(): void {
    const pid = this.#pid;
    this.#ended(pid, 'killed');
    exit(pid, 'kill');
  }

  #start(): [Pid<never>, Promise<Enter>] {
    let entered: (enter: Enter) => void;
    const enter = new Promise<Enter>((resolve) => {
      entered = resolve;
    });
    const pid = spawn(async function shell() {
      entered(bindSelf((code: () => void) => code()));
      await sleep('infinity');
    });
    onExit(pid, (reason) => this.#ended(pid, reason));
    return [pid, enter];
  }

  #ended(pid: Pid<never>, reason: ExitReason): void {
    if (pid !== this.#pid) return; // killed, and told
    [this.#pid, this.#enter] = this.#start();
    this.#told(pid, reason);
  }
}
