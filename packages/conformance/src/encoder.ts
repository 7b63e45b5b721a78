/**
 * Values that a scenario observed, encoded as the oracle's transcripts are: atoms `":name"`, tuples and lists as arrays, pids and
 * refs by symbolic name, exceptions as objects, stack traces as `"#stacktrace"`. One encoder per scenario: it numbers what it
 * meets unnamed in order of first appearance. The counterpart of `O.enc` in `oracle/oracle_helper.exs`.
 */
import { AlreadyStartedError, ExitError, isPid, isRef, StartError } from '@coppice/core';
import { ErlangError } from './exceptions.ts';
import { atomName, errorName, functionName, snakeCase } from './names.ts';
import { type Mark, Term } from './term.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What a plain string stands for. */
type Strings = 'atom' | 'text';
type Fields = { readonly [key: string]: unknown };

export class Encoder {
  readonly #symbols = new Map<unknown, string>();
  #pids = 0;
  #refs = 0;

  /** From now on `value` (a pid, a ref, a module object) is written as `symbol`. Returns `value`. */
  name<T>(value: T, symbol: string): T {
    this.#symbols.set(value, symbol);
    return value;
  }

  encode(value: unknown, strings: Strings = 'atom'): Json {
    const symbol = this.#symbols.get(value);
    if (symbol !== undefined) return symbol;
    switch (typeof value) {
      case 'undefined':
        return null;
      case 'boolean':
      case 'number':
        return value;
      case 'bigint':
        return Number(value);
      case 'string':
        return strings === 'text' ? value : atomName(value);
      case 'symbol':
        return atomName(value.description ?? '');
      case 'function':
        return `#fun/${value.length}`;
      case 'object':
        return value === null ? null : this.#object(value, strings);
    }
  }

  #object(value: object, strings: Strings): Json {
    if (value instanceof Term) return this.#mark(value.mark);
    if (value instanceof Error) return this.#reason(value);
    if (Array.isArray(value)) return value.map((item) => this.encode(item, strings));
    if (value instanceof Map) return this.#map(value, strings);
    if (value instanceof Set) return { mapset: sorted([...value].map((item) => this.encode(item, strings))) };
    if (isPid(value)) return this.#numbered(value, `#p${++this.#pids}`);
    if (isRef(value)) return this.#numbered(value, `#ref${++this.#refs}`);
    // A plain object is read by its own fields; its values are checked for each form below.
    const fields = value as Fields;
    const tuple = asTuple(fields);
    if (tuple !== undefined) return this.encode(tuple, strings);
    if (isTask(fields)) return this.#task(fields);
    return this.#record(fields, strings);
  }

  #numbered(address: object, symbol: string): Json {
    this.#symbols.set(address, symbol);
    return symbol;
  }

  #mark(mark: Mark): Json {
    switch (mark.kind) {
      case 'text':
        return this.encode(mark.value, 'text');
      case 'atom':
        return this.encode(mark.value, 'atom');
      case 'exception':
        return mark.value instanceof Error ? this.#exception(mark.value) : this.encode(mark.value);
      case 'module_of':
        return mark.value instanceof Error ? atomName(errorName(mark.value).module) : this.encode(mark.value);
      case 'struct':
        return this.#struct(mark.module, mark.value as Fields); // a struct's fields are read by name
    }
  }

  /** An error as an exit reason. */
  #reason(error: Error): Json {
    if (error instanceof ExitError) {
      const { reason, call } = error;
      if (call === undefined) return this.encode(reason);
      const [module, name] = functionName(call.module, call.function);
      return this.encode([reason, [module, name, [...call.args]]]);
    }
    if (error instanceof AlreadyStartedError) return this.encode(['already_started', error.pid]);
    if (error instanceof StartError) return this.encode(error.reason);
    return [this.#exception(error), '#stacktrace'];
  }

  #exception(error: Error): Json {
    if (error instanceof ErlangError) return this.encode(error.original);
    const { module, term } = errorName(error);
    if (term !== undefined) return atomName(term);
    return { exception: atomName(module), message: clean(error.message) };
  }

  #map(map: ReadonlyMap<unknown, unknown>, strings: Strings): Json {
    const pairs = [...map].map(([key, item]): [string, unknown] => [this.#key(key, strings), item]);
    return this.#pairs(pairs, strings);
  }

  #key(key: unknown, strings: Strings): string {
    const json = this.encode(key, strings);
    return typeof json === 'string' ? json : JSON.stringify(json);
  }

  #record(fields: Fields, strings: Strings): Json {
    const pairs = Object.entries(fields).map(([key, item]): [string, unknown] => [
      atomName(snakeCase(key)),
      item,
    ]);
    return this.#pairs(pairs, strings);
  }

  #struct(module: string, fields: Fields): Json {
    const pairs = Object.entries(fields).map(([key, item]): [string, unknown] => [snakeCase(key), item]);
    return { struct: atomName(module), ...this.#pairs(pairs, 'atom') };
  }

  /** Elixir's `mfa` field is `{:erlang, :apply, 2}` for every function without a name of its own, so for all of JavaScript's. */
  #task(task: Fields): Json {
    const { owner, pid, ref } = task;
    return this.#struct('Task', { mfa: ['erlang', 'apply', 2], owner, pid, ref });
  }

  /** Keys are sorted before values are encoded, since encoding numbers pids in order of appearance. */
  #pairs(pairs: readonly (readonly [string, unknown])[], strings: Strings): { readonly [key: string]: Json } {
    const byKey = pairs.toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(byKey.map(([key, item]) => [key, this.encode(item, strings)]));
  }
}

/** Records of one field that are tuples in OTP: `{ shutdown: x }` is `{:shutdown, x}`. */
const tags = ['shutdown', 'bad_return_value', 'global'];

/** The tuple (or name) that OTP has where Coppice has this object; `undefined` for others. */
function asTuple(fields: Fields): unknown {
  const { type } = fields;
  if (type === 'DOWN') return ['DOWN', fields.ref, 'process', fields.object, fields.reason];
  if (type === 'EXIT') return ['EXIT', fields.from, fields.reason];
  if (type === 'ETS-TRANSFER') return [type, fields['table'], fields.from, fields['data']];
  if (type === 'reply' && has(fields, 'ref', 'value')) return [fields.ref, fields.value];
  if (type === 'timeout' && has(fields, 'ref', 'message')) {
    return ['timeout', fields.ref, fields.message];
  }
  if (type === 'cancel_timer') return ['cancel_timer', fields.ref, fields.left];
  if (fields.ok === true && has(fields, 'ok', 'value')) return ['ok', fields.value];
  if (fields.ok === false && 'reason' in fields) return ['exit', failure(fields)];
  for (const tag of tags) if (has(fields, tag)) return [tag, fields[tag]];
  if (has(fields, 'nocatch'))
    return [['nocatch', fields.nocatch], new Term({ kind: 'text', value: '#stacktrace' })];
  if (has(fields, 'pid', 'value')) return [fields.pid, fields.value]; // an entry of a registry
  if (has(fields, 'registry', 'keys')) return fields.registry;
  if (has(fields, 'registry', 'key')) return [fields.registry, fields.key];
  if ((type === 'register' || type === 'unregister') && 'registry' in fields) return registryEvent(fields);
  if (has(fields, 'name')) return fields['name']; // a typed name is its name
  if (has(fields, 'via', 'key')) return ['via', fields.via, fields.key];
  if (has(fields, 'local', 'node')) return [fields.local, fields.node];
  return undefined;
}

function registryEvent({ type, registry, key, pid, value }: Fields): unknown {
  return type === 'register' ? [type, registry, key, pid, value] : [type, registry, key, pid];
}

function failure(fields: Fields): unknown {
  return 'input' in fields ? [fields.input, fields.reason] : fields.reason;
}

function has(fields: Fields, ...keys: readonly string[]): boolean {
  return (
    keys.every((key) => key in fields) &&
    Object.keys(fields).every((key) => key === 'type' || keys.includes(key))
  );
}

function isTask(fields: Fields): boolean {
  return 'pid' in fields && 'ref' in fields && 'owner' in fields;
}

function sorted(items: readonly Json[]): readonly Json[] {
  return items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** Addresses in messages differ from run to run. */
function clean(message: string): string {
  return message.replace(/#PID<[\d.]+>/g, '#PID').replace(/#Ref(?:erence)?<[\d.]+>/g, '#Ref');
}
