/** `@coppice/gen-statem`: an XState v5 machine as a process. OTP: `gen_statem`. */
export {
  cancelTimeout,
  deferReply,
  nextEvent,
  postpone,
  reply,
  startTimeout,
  updateTimeout,
} from './actions.ts';
export * as GenStatem from './gen-statem-functions.ts';
export type {
  Answer,
  Answers,
  AnswerTo,
  Machine,
  MachineOptions,
  MachinePid,
  MachineRef,
  MachineStart,
  StartRest,
  WaitOptions,
} from './machine.ts';
export type { TimeoutKind } from './timeouts.ts';
