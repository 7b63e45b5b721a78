/**
 * Marks that say how Elixir would type a value that JavaScript can't tell apart. Coppice spells OTP's atoms as strings,
 * so a plain string is an atom; text, bare exceptions and structs are marked where a scenario observes them.
 */

export type Mark =
  | { readonly kind: 'text'; readonly value: unknown }
  | { readonly kind: 'atom'; readonly value: unknown }
  | { readonly kind: 'exception'; readonly value: unknown }
  | { readonly kind: 'module_of'; readonly value: unknown }
  | { readonly kind: 'struct'; readonly module: string; readonly value: object };

/** A marked value; made by the functions below, read by the encoder. */
export class Term {
  readonly mark: Mark;

  constructor(mark: Mark) {
    this.mark = mark;
  }
}

/** Every string inside `value` is text (an Elixir binary); keys of records stay atoms, keys of Maps are text too. */
export function text(value: unknown): Term {
  return new Term({ kind: 'text', value });
}

/** Inside `text`: every string in `value` is an atom again. */
export function atom(value: unknown): Term {
  return new Term({ kind: 'atom', value });
}

/** A thrown error as such: `%RuntimeError{}`, `:badarg`. Unmarked, an `Error` is an exit reason: `{exception, stacktrace}`. */
export function exception(error: unknown): Term {
  return new Term({ kind: 'exception', value: error });
}

/** The module of a thrown error. Elixir: `e.__struct__`. */
export function moduleOf(error: unknown): Term {
  return new Term({ kind: 'module_of', value: error instanceof Term ? error.mark.value : error });
}

/** The message of a thrown error. Elixir: `e.message`. */
export function messageOf(error: unknown): string | undefined {
  const thrown = error instanceof Term ? error.mark.value : error;
  return thrown instanceof Error ? thrown.message : undefined;
}

/** A record that is a struct in Elixir. */
export function struct(module: string, value: object): Term {
  return new Term({ kind: 'struct', module, value });
}

/** What an OTP function answers where Coppice's returns nothing: `:ok`, or `answer`. Anything but `undefined` stays as it is. */
export function done(value: unknown, answer: unknown = 'ok'): unknown {
  return value === undefined ? answer : value;
}

/** A value as code without types could pass it, where the types forbid it. */
export function untyped(value: unknown): never {
  return value as never; // the callee must refuse it: that is what a scenario observes
}

/** The elements of a tuple or list; none of anything else. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
