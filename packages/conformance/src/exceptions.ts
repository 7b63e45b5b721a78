/** Errors that the seed's code raises and JavaScript has no class for. Their names are Elixir's; `names.ts` knows the raw Erlang terms. */

/** `raise KeyError`. */
export class KeyError extends Error {
  static {
    KeyError.prototype.name = 'KeyError';
  }
}

/** `raise ArgumentError` with a message of the scenario's own. */
export class ArgumentError extends Error {
  static {
    ArgumentError.prototype.name = 'ArgumentError';
  }
}

/** Arithmetic on what is no number, which JavaScript answers with `NaN`. */
export class ArithmeticError extends Error {
  static {
    ArithmeticError.prototype.name = 'ArithmeticError';
  }
}

/** No clause of a function matches its argument. */
export class FunctionClauseError extends Error {
  static {
    FunctionClauseError.prototype.name = 'FunctionClauseError';
  }
}

/** `:erlang.error(term)`: an error that carries any term. */
export class ErlangError extends Error {
  static {
    ErlangError.prototype.name = 'ErlangError';
  }
  readonly original: unknown;

  constructor(original: unknown) {
    super(`Erlang error: ${String(original)}`);
    this.original = original;
  }
}

/** `apply(module, name, args)`: calls the function of that name, there or not. */
export function apply(module: object, name: string, args: readonly unknown[]): unknown {
  const fn = Reflect.get(module, name) as (...args: readonly unknown[]) => unknown; // the scenario wants it called all the same
  return fn(...args);
}
