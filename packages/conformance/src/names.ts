/** The one table of names: how Elixir calls the errors, functions and options that Coppice spells in JavaScript's way. */

export interface ErrorName {
  /** Elixir's exception module. */
  readonly module: string;
  /** Erlang's error term, where Elixir leaves the raw term in exit reasons. */
  readonly term?: string;
}

interface ErrorRow extends ErrorName {
  readonly error: string;
  readonly message?: RegExp;
}

/** First match by class name and message. A class that is not listed keeps its own name. */
const errors: readonly ErrorRow[] = [
  { error: 'RangeError', message: /^Division by zero$/, module: 'ArithmeticError', term: 'badarith' },
  { error: 'ArithmeticError', module: 'ArithmeticError', term: 'badarith' },
  { error: 'RangeError', module: 'ArgumentError', term: 'badarg' },
  // A method of `null` or `undefined`: a function that has no clause for its argument.
  {
    error: 'TypeError',
    message: /^Cannot read properties of /,
    module: 'FunctionClauseError',
    term: 'function_clause',
  },
  { error: 'FunctionClauseError', module: 'FunctionClauseError', term: 'function_clause' },
  { error: 'TypeError', message: /is not a function/, module: 'UndefinedFunctionError', term: 'undef' },
  { error: 'TypeError', module: 'ArgumentError', term: 'badarg' },
  { error: 'SpecError', module: 'ArgumentError' },
  { error: 'MaxChildrenError', module: 'RuntimeError' },
  { error: 'Error', module: 'RuntimeError' },
];

const modules: Readonly<Record<string, string>> = { TaskSupervisor: 'Task.Supervisor' };

/** Functions whose place in an exit's `{Module, Function, Args}` has another name in Elixir. */
const functions: Readonly<Record<string, readonly [module: string, name: string]>> = {
  'Task.asyncStream': ['Task.Supervised', 'stream'],
};

export function errorName(error: Error): ErrorName {
  const row = errors.find((r) => r.error === error.name && (r.message?.test(error.message) ?? true));
  return row ?? { module: error.name };
}

export function functionName(module: string, name: string): readonly [module: string, name: string] {
  const known = `${module}.${name}`;
  return Object.hasOwn(functions, known) ? (functions[known] ?? [module, name]) : [module, snakeCase(name)];
}

/** `maxRestarts` → `max_restarts`. */
export function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const bareAtom = /^(?:[a-z_][\w@]*[?!]?|[A-Z]\w*(?:\.[A-Z]\w*)*)$/;

/** An atom as the oracle prints it: `:name`, `:Foo.Bar`, `:"quoted"`. */
export function atomName(spelled: string): string {
  const name = Object.hasOwn(modules, spelled) ? (modules[spelled] ?? spelled) : spelled;
  return bareAtom.test(name) ? `:${name}` : `:"${name}"`;
}
