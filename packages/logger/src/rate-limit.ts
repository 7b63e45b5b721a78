/**
 * How many lines the reports may write, and how much of the thread that may take. Decides only: times are given to it. OTP: the burst limit and the drop
 * mode of `logger_std_h`; Elixir: the `discard_threshold` of `Logger`.
 */

/** Lines in any second, beside those reserved; one more is the summary's. */
const LINES = 89;
/** Lines in any second for the ends of what others rest on: they must come through when all else is busy. */
const RESERVED_LINES = 10;
/** Lines in any second that are of one kind: a crash loop must not hide what others have to tell. */
const LINES_OF_A_KIND = 25;
export const SECOND_MS = 1_000;
/** Writing may take this share of the thread … */
const SHARE = 0.1;
/** … and this much at once. */
const BURST_MS = 100;
/** … and with the lines that are reserved this much, however much the others took. */
const RESERVED_BURST_MS = 1_000;
/** A line that took longer counts as this, for the machine may have slept meanwhile. */
const LONGEST_MS = 6_000;
/** Kinds are few, unless their names are made at run time: more than these are not remembered when idle. */
const KINDS = 200;

/** Reports that were not written, by their kind. */
export interface HeldBack {
  readonly count: number;
  readonly kinds: ReadonlyMap<string, number>;
}

/** The lines of the last second and what was held back since the last summary. All times in ms of one clock; should it go backwards, a new second begins. */
export class RateLimit {
  readonly #lines = new LastSecond(LINES);
  readonly #reserved = new LastSecond(RESERVED_LINES);
  readonly #kinds = new Map<string, LastSecond>();
  #held = new Map<string, number>();
  #heldSince: number | undefined;
  /** Milliseconds spent on writing that are not yet made good. */
  #debtMs = 0;
  #debtAt = 0;

  /** Whether a report of `kind` may be written; if not, it counts as held back. A terminal one may take a line that is reserved. */
  admit(kind: string, now: number, isTerminal = false): boolean {
    const lines = this.#linesOf(kind, now);
    if (this.#mayWrite(now) && lines.hasRoom(now) && this.#lines.hasRoom(now)) {
      lines.add(now);
      this.#lines.add(now);
      return true;
    }
    if (isTerminal && this.#mayWrite(now, RESERVED_BURST_MS) && this.#reserved.hasRoom(now)) {
      this.#reserved.add(now);
      return true;
    }
    this.hold(kind, now);
    return false;
  }

  /** Counts a report as held back. */
  hold(kind: string, now: number): void {
    this.#held.set(kind, (this.#held.get(kind) ?? 0) + 1);
    this.#heldSince ??= now;
  }

  /** Writing a line has taken `ms`. */
  spend(ms: number, now: number): void {
    this.#makeGood(now);
    this.#debtMs += Math.min(Math.max(ms, 0), LONGEST_MS);
  }

  /** Whether something is held back. */
  get holdsBack(): boolean {
    return this.#heldSince !== undefined;
  }

  /** Whether it is time to tell what is held back: a second after the first of it, if the thread's share allows. */
  isSummaryDue(now: number): boolean {
    if (this.#heldSince === undefined) return false;
    const isOver = now < this.#heldSince || now - this.#heldSince >= SECOND_MS;
    return isOver && this.#mayWrite(now);
  }

  /** What is held back, which is now told. */
  takeHeldBack(): HeldBack {
    const kinds = this.#held;
    this.#held = new Map();
    this.#heldSince = undefined;
    return { count: [...kinds.values()].reduce((sum, count) => sum + count, 0), kinds };
  }

  #linesOf(kind: string, now: number): LastSecond {
    const known = this.#kinds.get(kind);
    if (known !== undefined) return known;
    if (this.#kinds.size >= KINDS) this.#forgetIdle(now);
    const lines = new LastSecond(LINES_OF_A_KIND);
    this.#kinds.set(kind, lines);
    return lines;
  }

  #forgetIdle(now: number): void {
    for (const [kind, lines] of this.#kinds) if (lines.isIdle(now)) this.#kinds.delete(kind);
  }

  #mayWrite(now: number, burstMs = BURST_MS): boolean {
    this.#makeGood(now);
    return this.#debtMs < burstMs;
  }

  #makeGood(now: number): void {
    this.#debtMs = Math.max(0, this.#debtMs - Math.max(0, now - this.#debtAt) * SHARE);
    this.#debtAt = now;
  }
}

/** When the last `limit` lines were written, as a ring: any second has at most that many. */
class LastSecond {
  readonly #times: number[] = [];
  readonly #limit: number;
  /** Where the oldest time is once the ring is full. */
  #oldest = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  hasRoom(now: number): boolean {
    const oldest = this.#times.length < this.#limit ? undefined : this.#times[this.#oldest];
    return oldest === undefined || isPast(oldest, now);
  }

  add(now: number): void {
    this.#times[this.#oldest] = now;
    this.#oldest = (this.#oldest + 1) % this.#limit;
  }

  isIdle(now: number): boolean {
    return this.#times.every((time) => isPast(time, now));
  }
}

function isPast(time: number, now: number): boolean {
  return now < time || now - time >= SECOND_MS;
}
