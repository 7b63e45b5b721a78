/** Telling of what happens to a process that cannot tell it itself: it is dead, or nobody's code runs. */
import { runIn } from './current.ts';
import type { Host } from './process.ts';
import { type Channels, emit, hasSubscribers, writeError } from './telemetry.ts';

/** Tells all listeners of `channel`. They run as the node's main: what they call of the runtime must know a node. */
export function emitAsMain<K extends keyof Channels>(host: Host, channel: K, event: Channels[K]): void {
  runIn(host.main, (told) => emit(channel, told), event);
}

/** {@link emitAsMain} of what somebody should hear of: without a listener it is written to stderr. */
export function report<K extends keyof Channels>(
  host: Host,
  channel: K,
  event: Channels[K],
  format: (event: Channels[K]) => string,
): void {
  if (hasSubscribers(channel)) emitAsMain(host, channel, event);
  else writeError(format(event));
}
