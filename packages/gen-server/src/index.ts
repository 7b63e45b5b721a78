/** `@coppice/gen-server`: a process that keeps state and answers requests. OTP: `gen_server`, Elixir: `GenServer`. */
export {
  type Continue,
  continueWith,
  type Ignore,
  ignore,
  type Noreply,
  noreply,
  type Ok,
  ok,
  type Reply,
  reply,
  type Step,
  type Stop,
  type StopInit,
  stop,
  stopInit,
  stopReply,
} from './callback-result.ts';
export type { Callbacks } from './callbacks.ts';
export type { LoopOptions } from './enter-loop.ts';
export { CallbackError } from './errors.ts';
export * as GenServer from './gen-server-functions.ts';
export type { Replies } from './multi-call.ts';
export type {
  CallOptions,
  CallRest,
  CastRest,
  From,
  Protocol,
  ReplyTo,
  Requests,
  ServerPid,
  ServerRef,
} from './protocol.ts';
export type { RequestId, Response } from './request.ts';
export type {
  Monitored,
  PidOf,
  ProtocolOf,
  RefOf,
  Server,
  Started,
  StartFlags,
  StartOptions,
  StartRest,
} from './server.ts';
export type { Status } from './system-message.ts';
export type { TraceEvent, UnexpectedMessage } from './telemetry.ts';
export type { Statistics } from './trace.ts';
