/** A counter: the module of an agent is a file with a private name. */
import { Agent, type AgentPid } from '@coppice/agent';
import type { ChildSpec, Named } from '@coppice/core';

const counter: Named<AgentPid<number>> = Agent.name<number>('counter');

export const childSpec = (initial = 0): ChildSpec => Agent.childSpec(() => initial, { name: counter });
export const startLink = (initial = 0): Promise<AgentPid<number>> =>
  Agent.startLink(() => initial, { name: counter });

export const increment = (): Promise<void> => Agent.update(counter, (count) => count + 1);
export const decrement = (): Promise<void> => Agent.update(counter, (count) => count - 1);
export const get = (): Promise<number> => Agent.get(counter, (count) => count);
export const reset = (): Promise<void> => Agent.update(counter, () => 0);
