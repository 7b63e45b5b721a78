/** `@coppice/agent`: state in a process, read and changed by functions. OTP: Elixir's `Agent`. */
export type { AgentOptions, AgentPid, AgentRef, AgentStart } from './agent.ts';
export * as Agent from './agent-functions.ts';
