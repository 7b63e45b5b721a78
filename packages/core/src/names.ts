/** Names of processes: local, global, by a registry (`via`), typed or not. All look-ups are synchronous. OTP: `register/2`, `gen`'s names. */
import { caller, runIn } from './current.ts';
import { describe, formatExit } from './format.ts';
import { registerGlobal, unregisterGlobal, whereisGlobal } from './global.ts';
import {
  type Dest,
  type FitsFor,
  formatName,
  type Name,
  type Named,
  type NameFor,
  type StandsFor,
  untyped,
  type Via,
} from './name.ts';
import { isPid, type Pid, ProcessId, requirePid } from './pid.ts';
import { type Host, type Process, processOf } from './process.ts';
import { Reference } from './reference.ts';
import { writeError } from './telemetry.ts';

/** A typed name of a plain process: `const logger = name<LogMessage>('logger')`. */
export function name<M>(name: Name): Named<Pid<M>> {
  return typedName(name);
}

/** A typed name of anything that is started under one; behaviours make theirs with it. Throws `TypeError` for what is no name. */
export function typedName<P extends Pid<never>>(name: Name): Named<P> {
  requireName(name, 'name');
  return { name } as Named<P>; // the brands are type-level only
}

/** Registers a local name. Throws `TypeError` when the name is taken or reserved, or the process is dead or named already. OTP: `Process.register/2`. */
export function register(pid: Pid<never>, name: string): void;
export function register<P extends Pid<never>>(pid: P, name: FitsFor<NoInfer<P>>): void;
export function register(pid: Pid<never>, name: string | FitsFor<never>): void {
  const { host } = caller();
  requirePid(pid, 'pid');
  const process = processOf(pid);
  const local = localName(name);
  const refuse = (why: string): never => {
    throw new TypeError(`cannot register ${JSON.stringify(local)}: ${why}`);
  };
  if (process?.isAlive !== true) return refuse(`process ${pid} is dead`); // hooks run in the turn of its exit
  if (process.host !== host) return refuse(`process ${pid} is on node ${pid.node}`);
  const { name: other } = process.extension ?? {};
  if (other !== undefined) return refuse(`process ${pid} has the name ${JSON.stringify(other)} already`);
  const holder = host.names.get(local);
  if (holder !== undefined)
    throw new TypeError(`name ${JSON.stringify(local)} is already taken by process ${holder.pid}`);
  setLocalName(process, local);
}

/** Frees a local name. Throws `TypeError` when nobody has it. OTP: `Process.unregister/1`. */
export function unregister(name: string | StandsFor<Pid<never>>): void {
  const { host } = caller();
  const local = localName(name);
  const process = host.names.get(local);
  if (process === undefined) throw new TypeError(`name ${JSON.stringify(local)} is not registered`);
  clearLocalName(process);
}

/** The process that has a name, in any form; `undefined` when nobody has. A pid stands for itself. OTP: `GenServer.whereis/1`. */
export function whereis<P extends Pid<never>>(name: StandsFor<P>): P | undefined;
export function whereis(name: Name | Pid<never>): Pid<never> | undefined;
export function whereis(name: StandsFor<Pid<never>> | Name | Pid<never>): Pid<never> | undefined {
  return findName(caller().host, name);
}

/** Local names in use on the caller's node. OTP: `Process.registered/0`. */
export function registered(): readonly string[] {
  return [...caller().host.names.keys()];
}

/** The untyped name in a typed one. Throws `TypeError` for what is no name. */
export function plainName(name: Name | StandsFor<Pid<never>> | FitsFor<never>): Name {
  requireName(name, 'name');
  return untyped(name);
}

/** Checks a name given by a caller, in any form. Throws `TypeError` that names the parameter. */
export function requireName(value: unknown, parameter: string): asserts value is Name | Named<Pid<never>> {
  requireForm(value, parameter, NAMES);
}

const NAMES = 'a non-empty string, { global }, { via, key }, { local, node } or a typed name';
const ADDRESSES = `a pid, ${NAMES}`;

/** Checks a name where a pid would do too. */
export function requireAddress(value: unknown, parameter: string): asserts value is Name | Named<Pid<never>> {
  requireForm(value, parameter, ADDRESSES);
}

function requireForm(value: unknown, parameter: string, forms: string): void {
  const plain = typeof value === 'object' && value !== null && 'name' in value ? value.name : value;
  if (typeof plain === 'string' && plain !== '' && plain !== 'undefined') return;
  if (typeof plain === 'object' && plain !== null) {
    if ('global' in plain) return;
    if ('local' in plain && 'node' in plain && isString(plain.local) && isString(plain.node)) return;
    if ('via' in plain && 'key' in plain && isVia(plain.via)) return;
  }
  const hint = value instanceof Promise ? ': await the function that starts it first' : '';
  throw new TypeError(`${parameter} must be ${forms}, got ${describe(value)}${hint}`);
}

function isString(value: unknown): boolean {
  return typeof value === 'string';
}

function isVia(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'whereisName' in value;
}

export function findName(
  host: Host,
  name: StandsFor<Pid<never>> | Name | Pid<never>,
  parameter: 'name' | 'address' = 'name',
): Pid<never> | undefined {
  if (typeof name === 'string') return host.names.get(name)?.pid;
  if (isPid(name)) return processOf(name) === undefined ? undefined : name;
  requireForm(name, parameter, parameter === 'name' ? NAMES : ADDRESSES);
  const plain = untyped(name);
  if (typeof plain === 'string') return host.names.get(plain)?.pid;
  if ('global' in plain) return whereisGlobal(host, plain.global);
  if ('via' in plain) return plain.via.whereisName(plain.key);
  return plain.node === host.name ? host.names.get(plain.local)?.pid : undefined;
}

function setLocalName(process: Process, name: string): void {
  process.host.names.set(name, process);
  process.rare.name = name;
  process.rare.lineageOfChildren = undefined;
}

export function clearLocalName(process: Process): void {
  const name = process.extension?.name;
  if (name === undefined) return;
  process.host.names.delete(name);
  process.rare.name = undefined;
  process.rare.lineageOfChildren = undefined;
}

/**
 * Registers a new process under a name of any form. Gives who has the name if it is taken.
 * A via's own registration may run user code; it is called as the new process, which it may link. OTP: `gen` registers in the new process too.
 */
export function claimName(process: Process, name: NameFor<Pid<unknown>>): Pid<never> | undefined {
  const plain = untyped(name);
  const { host, pid } = process;
  if (typeof plain === 'string' || 'local' in plain) {
    const local = typeof plain === 'string' ? plain : plain.local;
    const holder = host.names.get(local);
    if (holder !== undefined) return holder.pid;
    setLocalName(process, local);
    return undefined;
  }
  const isTaken =
    'global' in plain
      ? !registerGlobal(host, plain.global, pid)
      : !runIn(process, ({ via, key }) => via.registerName(key, pid), plain);
  if (isTaken) return findName(host, plain) ?? pid;
  process.rare.takenName = plain;
  return undefined;
}

/** Frees the name, of any form, under which a process was started. */
export function releaseName(process: Process): void {
  clearLocalName(process);
  const taken = process.extension?.takenName;
  if (taken === undefined || typeof taken === 'string') return;
  process.rare.takenName = undefined;
  if ('global' in taken) unregisterGlobal(process.host, taken.global);
  else if ('via' in taken) unregisterVia(taken);
}

/** A via's own code may throw; the failed start that frees the name must be told all the same. */
function unregisterVia({ via, key }: { readonly via: Via; readonly key: unknown }): void {
  try {
    via.unregisterName(key);
  } catch (error) {
    writeError(`unregistering a via name threw: ${formatExit(error)}`);
  }
}

function localName(name: string | StandsFor<Pid<never>> | FitsFor<never>): string {
  requireName(name, 'name');
  const plain = untyped(name);
  if (typeof plain !== 'string')
    throw new TypeError(`name must be local (a string), got ${formatName(plain)}`);
  return plain;
}

/** The address in what `send` accepts: a live pid, an alias's reference, or `undefined` for a name that nobody has. */
export function resolveDest(host: Host, dest: Dest<never>): ProcessId | Reference<string> | undefined {
  if (dest instanceof ProcessId || dest instanceof Reference) return dest;
  const pid = findName(host, dest as Name, 'address'); // a Dest that is neither pid nor alias is a name
  return pid instanceof ProcessId ? pid : undefined;
}
