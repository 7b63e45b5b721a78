/** Telling subscribers of what happens to a process that cannot tell it itself: it is dead, or nobody's code runs. */
import { runIn } from './current.ts';
import type { Host } from './process.ts';
import { type Channels, emit } from './telemetry.ts';

/** Tells all listeners of `channel`. They run as the node's main: what they call of the runtime must know a node. */
export function emitAsMain<K extends keyof Channels>(host: Host, channel: K, event: Channels[K]): void {
  runIn(host.main, (told) => emit(channel, told), event);
}
