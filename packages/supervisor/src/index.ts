/** `@coppice/supervisor`: processes that start, watch, restart and stop others. OTP: `supervisor`; Elixir: `Supervisor`, `DynamicSupervisor`, `PartitionSupervisor`. */
export type { ChildOptions, ChildSpec, ChildType, Restart, ShutdownTime } from '@coppice/core';
export type { ChildSpecOf, CompleteSpec, PidWithInfo, StartResult } from './child-spec.ts';
export type { DynamicSupervisorFlags } from './dynamic-flags.ts';
export type { DynamicSupervisorModule, DynamicSupervisorOptions } from './dynamic-supervisor.ts';
export type { DynamicChildSpec } from './dynamic-supervisor-functions.ts';
export * as DynamicSupervisor from './dynamic-supervisor-functions.ts';
export { ChildError, SpecError } from './errors.ts';
export type { PartitionSupervisorOptions } from './partition-supervisor.ts';
export * as PartitionSupervisor from './partition-supervisor-functions.ts';
export type { PartitionedRef } from './partition-table.ts';
export type { ChildCounts, ChildInfo } from './protocol.ts';
export {
  formatReport,
  type ReportedChild,
  type SupervisorProgress,
  type SupervisorReport,
} from './report.ts';
export type { SupervisorInit } from './static-server.ts';
export type { SupervisorModule, SupervisorOptions } from './supervisor.ts';
export type { AutoShutdown, RestartLimit, Strategy, SupervisorFlags } from './supervisor-flags.ts';
export * as Supervisor from './supervisor-functions.ts';
export type { ModuleArguments, ModuleOf } from './supervisor-module.ts';
export type {
  DynamicSupervisorPid,
  DynamicSupervisorRef,
  SupervisorPid,
  SupervisorRef,
  SupervisorStart,
} from './supervisor-ref.ts';
