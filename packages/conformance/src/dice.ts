/** `Dice` of `oracle/more/lib/dice.exs`, for random programs: the minimal standard generator, which gives the same numbers in any language. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A number from 0 to `count - 1`. */
  pick(count: number): number {
    this.#state = (this.#state * 16_807) % 2_147_483_647;
    return Math.floor(this.#state / 8) % count;
  }

  from<T>(list: readonly T[]): T {
    return list[this.pick(list.length)] as T; // `pick` is within the list
  }
}
