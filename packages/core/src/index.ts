/** Processes, mailboxes, signals, links, monitors, names, timers, nodes. Elixir's `Kernel` and `Process`, Erlang's `erlang` and `global`. */
export { alias, unalias } from './alias.ts';
export { requireFunction } from './argument.ts';
export type { ChildOptions, ChildSpec, ChildType, Restart, ShutdownTime } from './child-spec.ts';
export { type Clock, holdProgram, realClock } from './clock.ts';
export { abortSignal, type Body, type Context, context, isolated, self } from './context.ts';
export { formatCrash, typeOfMessage, userFramesFirst } from './crash-report.ts';
export { type CoppiceNode, createNode, type NodeStatistics, nodeKey, nodeName } from './create-node.ts';
export { runOutside } from './current.ts';
export {
  ancestors,
  callers,
  deleteKey as delete,
  get,
  getKeys,
  groupLeader,
  hibernate,
  priority,
  put,
  setGroupLeader,
  setLabel,
} from './dictionary.ts';
export {
  AlreadyStartedError,
  type CallSite,
  CoppiceError,
  ExitError,
  formatServer,
  ProcessExited,
  StartError,
} from './errors.ts';
export { onExit, own } from './exit-hook.ts';
export {
  type ExitReason,
  errorIn,
  type Failure,
  isAbnormal,
  isNocatch,
  isShutdown,
  type Nocatch,
  type Outcome,
  type Shutdown,
  type Success,
} from './exit-reason.ts';
export type { MailboxLimit, Priority } from './extension.ts';
export { describe, formatBanner, formatExit, formatTerm, formatValue, printable } from './format.ts';
export * as Gen from './gen.ts';
export { Global, type RegisterOptions } from './global.ts';
export type { LockId, LockOptions } from './global-lock.ts';
export type { Isolation } from './isolation.ts';
export type { LingeringCode } from './lingering.ts';
export { link, trapExit, unlink } from './link.ts';
export { replaceMain } from './main-process.ts';
export {
  type Down,
  type Exit,
  isDown,
  isExit,
  isReply,
  type Reply,
  type Sendable,
  type SystemMessage,
  type TimerCancelled,
  type TimerFired,
} from './message.ts';
export { demonitor, type MonitorOptions, monitor } from './monitor.ts';
export {
  type Dest,
  type FitsFor,
  formatName,
  type Name,
  type Named,
  type NameFor,
  type StandsFor,
  type Via,
} from './name.ts';
export {
  name,
  plainName,
  register,
  registered,
  requireName,
  typedName,
  unregister,
  whereis,
} from './names.ts';
export type { NodeOptions } from './node.ts';
export { isPid, type Pid } from './pid.ts';
export * as ProcLib from './proc-lib.ts';
export type { Awaitable, Behaviour } from './process.ts';
export { isAlive, type ProcessInfo, processes, processInfo, processTree } from './process-info.ts';
export { isPromiseLike } from './promise.ts';
export { type Matched, type Pattern, type Receive, type ReceiveOptions, receive } from './receive.ts';
export { type AliasRef, isRef, type MonitorRef, makeRef, type Ref, type TimerRef } from './reference.ts';
export type { AliasMode } from './relation.ts';
export { bindSelf, type RunOptions, run } from './run.ts';
export type { Scheduler } from './scheduler.ts';
export { exit, send } from './send.ts';
export { type SpawnOptions, spawn, spawnLink, spawnMonitor } from './spawn.ts';
export { exitStray, ownStrayErrors } from './stray-error.ts';
export { schedulersOnline } from './system.ts';
export {
  type Channels,
  countSubscribers,
  type DeadLetterEvent,
  type ExitEvent,
  emit,
  hasSubscribers,
  type LateErrorEvent,
  type LingeringEvent,
  type LongScheduleEvent,
  type MailboxFullEvent,
  subscribe,
} from './telemetry.ts';
export { sameTerm, termKey } from './term.ts';
export { requireMs, requireTimeout, type Timeout } from './timeout.ts';
export {
  applyAfter,
  type CancelOptions,
  cancelTimer,
  monotonicTime,
  readTimer,
  sendAfter,
  sendInterval,
  sleep,
  startTimer,
  systemTime,
  timed,
} from './timer.ts';
export { version } from './version.ts';
export { longSchedule } from './watchdog.ts';
