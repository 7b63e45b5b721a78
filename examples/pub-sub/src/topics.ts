/** Topics that any process may subscribe to and publish on: a registry in which a key belongs to any number of processes. */
import { type ChildSpec, type Pid, Registry, send } from 'coppice';

export interface Published {
  readonly type: 'published';
  readonly topic: string;
  readonly text: string;
}

const Topics = Registry.duplicate<string, undefined, Published>('topics');

export const childSpec = (): ChildSpec => Registry.childSpec(Topics);

/** From now on, and as long as it lives, the calling process gets what is published on `topic`. */
export function subscribe(topic: string): void {
  Registry.register(Topics, topic);
}

/** Waits for nobody: each subscriber has the message in its mailbox, and takes it when it comes to it. */
export function publish(topic: string, text: string): void {
  Registry.dispatch(Topics, topic, (subscribers) => {
    for (const { pid } of subscribers) send(pid, { type: 'published', topic, text });
  });
}

export const countSubscribers = (topic: string): number => Registry.lookup(Topics, topic).length;

export const isSubscribed = (topic: string, pid: Pid<never>): boolean =>
  Registry.keys(Topics, pid).includes(topic);
