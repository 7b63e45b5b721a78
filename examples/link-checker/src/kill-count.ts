/** How often chaos killed each role, and whether that is enough for the run to end. */

/** Kills of each role that make a run worth its name. */
export const ENOUGH = 5;

/** Kept by whoever started the run: the process that kills is among those that are killed. */
export class KillCount {
  readonly #kills = new Map<string, number>();
  readonly #onEnough: () => void;

  /** `onEnough` runs whenever the last role reaches `ENOUGH`; again, should a new role have come up meanwhile. */
  constructor(onEnough: () => void) {
    this.#onEnough = onEnough;
  }

  /** Takes note of roles that there are. */
  meet(roles: readonly string[]): void {
    for (const role of roles) this.#kills.set(role, this.of(role));
  }

  count(role: string): void {
    const wasEnough = this.isEnough();
    this.#kills.set(role, this.of(role) + 1);
    if (!wasEnough && this.isEnough()) this.#onEnough();
  }

  of(role: string): number {
    return this.#kills.get(role) ?? 0;
  }

  isEnough(): boolean {
    return this.#kills.size > 0 && [...this.#kills.values()].every((kills) => kills >= ENOUGH);
  }

  /** Roles and their kills, most killed first. */
  entries(): readonly (readonly [role: string, kills: number])[] {
    return [...this.#kills].toSorted(([, one], [, other]) => other - one);
  }
}
