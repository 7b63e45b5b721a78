/**
 * The life of a program that is one application: what follows when it has started, when it ends, when a signal comes. Pure: from phase and event to the next phase and
 * actions, which `run` performs. OTP: `init`, `erl_signal_server` and the exit of the emulator.
 */
import { type ExitReason, isAbnormal } from '@coppice/core';

/** Where the program is. `stopping`: all are being stopped, and then it ends with `code`. `ended`: nothing more follows. */
export type Phase =
  | { readonly kind: 'starting' | 'running' | 'ended' }
  | { readonly kind: 'stopping'; readonly code: number };

/** What happens to it. */
export type ProgramEvent =
  | { readonly kind: 'started' }
  | { readonly kind: 'start_failed'; readonly error: unknown }
  /** The application ended, and its restart type lets the others live. */
  | { readonly kind: 'application_ended'; readonly reason: ExitReason }
  /** An application took the node down. */
  | { readonly kind: 'node_down' }
  /** `number`: what the host's kernel calls it. */
  | { readonly kind: 'signal'; readonly signal: string; readonly number: number }
  | { readonly kind: 'all_stopped' }
  /** They did not stop within the shutdown time. */
  | { readonly kind: 'too_late' };

/** What is done. */
export type Action =
  | { readonly kind: 'await_end' }
  | { readonly kind: 'stop_all'; readonly why: string }
  /** `atOnce`: it is not the first. */
  | { readonly kind: 'report_signal'; readonly signal: string; readonly atOnce: boolean }
  | { readonly kind: 'report_failure'; readonly error: unknown }
  | { readonly kind: 'report_late' }
  /** `atOnce`: without waiting for output to be written. */
  | { readonly kind: 'exit'; readonly code: number; readonly atOnce: boolean };

/** What follows. */
export interface Next {
  readonly phase: Phase;
  readonly actions: readonly Action[];
}

/** The next phase and what is done on the way. */
export function advance(phase: Phase, event: ProgramEvent): Next {
  if (phase.kind === 'ended') return { phase, actions: [] };
  switch (event.kind) {
    case 'started':
      return phase.kind === 'starting'
        ? { phase: { kind: 'running' }, actions: [{ kind: 'await_end' }] }
        : { phase, actions: [] };
    case 'start_failed':
      return phase.kind === 'starting' ? startFailed(event.error) : { phase, actions: [] };
    case 'application_ended':
      return phase.kind === 'running'
        ? stopAll(codeOf(event.reason), 'its application has ended')
        : { phase, actions: [] };
    case 'node_down':
      return end(1);
    case 'signal':
      // Again: at once, with the code by which a shell tells of a signal.
      return behind(
        { kind: 'report_signal', signal: event.signal, atOnce: phase.kind === 'stopping' },
        phase.kind === 'stopping' ? end(128 + event.number, true) : stopAll(0, event.signal),
      );
    case 'all_stopped':
      return phase.kind === 'stopping' ? end(phase.code) : { phase, actions: [] };
    case 'too_late':
      return behind({ kind: 'report_late' }, end(1));
  }
}

/** `'stopped'`: it was told to, by `Application.stop`. */
function codeOf(reason: ExitReason): number {
  return reason === 'stopped' || !isAbnormal(reason) ? 0 : 1;
}

function stopAll(code: number, why: string): Next {
  return { phase: { kind: 'stopping', code }, actions: [{ kind: 'stop_all', why }] };
}

function startFailed(error: unknown): Next {
  return behind({ kind: 'report_failure', error }, stopAll(1, 'the start failed'));
}

function behind(action: Action, { phase, actions }: Next): Next {
  return { phase, actions: [action, ...actions] };
}

function end(code: number, atOnce = false): Next {
  return { phase: { kind: 'ended' }, actions: [{ kind: 'exit', code, atOnce }] };
}
