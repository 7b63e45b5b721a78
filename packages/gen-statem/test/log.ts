import { nextEvent, postpone, startTimeout, type TimeoutKind } from '@coppice/gen-statem';
import type { ProbeEvent } from './probe.ts';

/** What happened in a machine, in order. */
export interface Log {
  readonly seen: string[];
  /** An event that notes `text` when it is handled, then runs `run`. */
  readonly say: (text: string, run?: () => void) => ProbeEvent;
  /** One that notes `text` each time, and is postponed the first `times` times. */
  readonly hold: (text: string, times?: number) => ProbeEvent;
  /** One that changes the state, notes `text`, then runs `run`. */
  readonly go: (state: 'a' | 'b', text: string, run?: () => void) => ProbeEvent;
  readonly next: (text: string) => void;
  readonly timeout: (kind: TimeoutKind, ms: number, text: string) => void;
}

export function makeLog(): Log {
  const seen: string[] = [];
  const say = (text: string, run?: () => void): ProbeEvent => ({
    type: 'do',
    run: () => {
      seen.push(text);
      run?.();
    },
  });
  return {
    seen,
    say,
    hold: (text, times = 1) => {
      let left = times;
      return say(text, () => {
        left -= 1;
        if (left >= 0) postpone();
      });
    },
    go: (state, text, run) => {
      const { run: note } = say(text, run) as Extract<ProbeEvent, { type: 'do' }>;
      return { type: 'to', state, run: note };
    },
    next: (text) => nextEvent(say(text)),
    timeout: (kind, ms, text) => startTimeout(kind, ms, say(text)),
  };
}
