/**
 * What servers tell beside what they are asked: messages that nothing handles, and traces. On channels of core's
 * telemetry; what nobody listens to goes to the console, as Elixir's logger would have it.
 */
import {
  emit,
  formatBanner,
  formatValue,
  hasSubscribers,
  isDown,
  isExit,
  isPid,
  isRef,
  type Pid,
  printable,
  self,
} from '@coppice/core';

/** A message for which a server has no handler; it was dropped. */
export interface UnexpectedMessage {
  readonly pid: Pid<never>;
  readonly module: string;
  readonly message: unknown;
}

/** One step of a traced server. OTP: the system events of `sys`. */
export type TraceEvent = {
  readonly pid: Pid<never>;
  readonly module: string;
} & TraceStep;

/** What happened: a message came in; a reply went out; a callback ended without one. */
export type TraceStep =
  | { readonly kind: 'in'; readonly message: unknown }
  | { readonly kind: 'out'; readonly reply: unknown; readonly to: Pid<never>; readonly state: unknown }
  | { readonly kind: 'noreply'; readonly state: unknown };

declare module '@coppice/core' {
  interface Channels {
    readonly 'coppice.gen_server.unexpected_message': UnexpectedMessage;
    readonly 'coppice.gen_server.trace': TraceEvent;
  }
}

/** Reports a message that nothing handles. The console gets only its kind, and of an end whose it was and why: contents may hold secrets. */
export function reportUnexpected(module: string, message: unknown): void {
  const pid = self();
  if (hasSubscribers('coppice.gen_server.unexpected_message')) {
    emit('coppice.gen_server.unexpected_message', { pid, module, message });
  } else {
    console.error(printable(`${module} ${pid} received an unexpected message: ${kindOf(message)}`));
  }
}

/** Reports one step of a traced server. */
export function reportTrace(event: TraceEvent): void {
  if (hasSubscribers('coppice.gen_server.trace')) emit('coppice.gen_server.trace', event);
  else printTrace(event);
}

/** Writes one step to stdout. */
export function printTrace(event: TraceEvent): void {
  console.log(`*DBG* ${event.module} ${event.pid} ${describe(event)}`);
}

function kindOf(message: unknown): string {
  if (typeof message !== 'object' || message === null)
    return `a ${message === null ? 'null' : typeof message}`;
  if (isExit(message) && isPid(message.from))
    return `{ type: 'EXIT', from: ${message.from}, reason: ${formatBanner(message.reason)} }`;
  if (isDown(message) && isRef(message.ref))
    return `{ type: 'DOWN', object: ${formatValue(message.object)}, reason: ${formatBanner(message.reason)} }`;
  if ('type' in message && typeof message.type === 'string') return `{ type: '${message.type}' }`;
  return Array.isArray(message) ? 'an array' : 'an object';
}

function describe(step: TraceStep): string {
  switch (step.kind) {
    case 'in':
      return `got ${formatValue(step.message)}`;
    case 'out':
      return `sent ${formatValue(step.reply)} to ${step.to}, new state ${formatValue(step.state)}`;
    case 'noreply':
      return `new state ${formatValue(step.state)}`;
  }
}
