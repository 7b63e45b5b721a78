/** Unique references. OTP: `reference()`. */
import { printAsText } from './pid.ts';

declare const brand: unique symbol;

/** Unique reference; interned, compared by `===`, printable. OTP: `reference()`. */
export interface Ref<out Kind extends string = string> {
  readonly id: number;
  /** `#Ref<0.7>`. */
  toString(): string;
  /** Type-level only; absent at run time. */
  readonly [brand]: Kind;
}
/** Names one monitor; made by `monitor`, stands in the `DOWN`. */
export type MonitorRef = Ref<'monitor'>;
/** Names one timer. */
export type TimerRef = Ref<'timer'>;
/** A temporary address of the process that made it, until `unalias`. OTP: the reference of `erlang:alias/1`. */
export type AliasRef = Ref<'alias'>;

let last = 0;

// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- isolatedDeclarations has no syntax for a type-level brand in a class
export interface Reference<out Kind extends string> extends Ref<Kind> {}
/** The one implementation of {@link Ref}. What it names (a monitor, an alias, a timer) is hidden. */
// oxlint-disable-next-line no-unused-vars -- the other half of the above
export class Reference<out Kind extends string> {
  static {
    printAsText(this.prototype);
  }
  readonly id: number;
  readonly #record: object | undefined;

  constructor(record: object | undefined) {
    last += 1;
    this.id = last;
    this.#record = record;
  }

  toString(): string {
    return `#Ref<0.${this.id}>`;
  }

  toJSON(): string {
    return this.toString();
  }

  /** What the reference names; `undefined` if that is nothing, or for a value that is no reference. */
  static recordOf(ref: unknown): object | undefined {
    return ref instanceof Reference ? ref.#record : undefined;
  }
}

/** A fresh reference that names nothing else. OTP: `make_ref/0`. */
export function makeRef(): Ref {
  return new Reference<string>(undefined);
}

/** Whether `value` is a reference. OTP: `is_reference/1`. */
export function isRef(value: unknown): value is Ref {
  return value instanceof Reference;
}
