/** What two processes have with each other: links and monitors, as records that stand in the lists of both. */
import { Item } from './list.ts';
import type { ProcessId } from './pid.ts';
import { Reference } from './reference.ts';
import type { Wait } from './wait.ts';

/** A link between two processes, seen from both. OTP: `link/1`. */
export class Link {
  /** The end in the list of the process that linked. */
  readonly near: LinkEnd;
  /** The end in the list of the process that was linked to. */
  readonly far: LinkEnd;

  constructor(owner: ProcessId, peer: ProcessId) {
    this.near = new LinkEnd(peer);
    this.far = new LinkEnd(owner);
    this.near.twin = this.far;
    this.far.twin = this.near;
  }
}

/** One process's end of a link. While it is active, an exit signal along the link reaches that process. */
export class LinkEnd {
  readonly peer: ProcessId;
  readonly item: Item<LinkEnd>;
  twin: LinkEnd | undefined;
  /** False once unlinked, or once the exit signal has come. */
  isActive = true;

  constructor(peer: ProcessId) {
    this.peer = peer;
    this.item = new Item<LinkEnd>(this);
    this.twin = undefined;
  }
}

/** Until when replies may be sent to a monitor's reference. OTP: the `alias` option of `erlang:monitor/3`. */
export type AliasMode = 'explicit_unalias' | 'demonitor' | 'reply_demonitor';

/** What a monitor looks at: a process, or whoever has a local name. */
export type Monitored = ProcessId | { readonly local: string; readonly node: string };

/** One process watching another, one way. OTP: `monitor/2`. */
export class Monitor {
  readonly ref: Reference<'monitor'>;
  readonly watcher: ProcessId;
  readonly object: Monitored;
  /** In place of `'DOWN'` in the message. OTP: the `tag` option. */
  readonly tag: string | undefined;
  /** In the watcher's list of what it monitors. */
  readonly near: Item<Monitor>;
  /** In the target's list of who monitors it. */
  readonly far: Item<Monitor>;
  /** Whether the watcher still wants the `DOWN`. */
  isActive = true;
  /** Set while replies may be sent to the reference. */
  alias: AliasMode | undefined;
  /** Who waits for the reply or the `DOWN`, outside the mailbox. */
  wait: Wait | undefined;

  constructor(watcher: ProcessId, object: Monitored, alias?: AliasMode, tag?: string) {
    this.ref = new Reference<'monitor'>(this);
    this.watcher = watcher;
    this.object = object;
    this.tag = tag;
    this.near = new Item<Monitor>(this);
    this.far = new Item<Monitor>(this);
    this.alias = alias;
    this.wait = undefined;
  }
}

/** A temporary address of a process. OTP: `alias/1`. */
export class Alias {
  readonly ref: Reference<'alias'>;
  readonly owner: ProcessId;
  /** Ends with the first message that comes by it. */
  readonly once: boolean;
  isActive = true;

  constructor(owner: ProcessId, once: boolean) {
    this.ref = new Reference<'alias'>(this);
    this.owner = owner;
    this.once = once;
  }
}
