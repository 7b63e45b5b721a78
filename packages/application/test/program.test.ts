import { describe, expect, it } from 'vitest';
import { advance, type Phase, type ProgramEvent } from '../src/program.ts';

const phases = {
  starting: { kind: 'starting' },
  running: { kind: 'running' },
  stopping: { kind: 'stopping', code: 0 },
  failing: { kind: 'stopping', code: 1 },
  ended: { kind: 'ended' },
} as const satisfies Record<string, Phase>;

const events = {
  started: { kind: 'started' },
  failed: { kind: 'start_failed', error: new Error('why') },
  normal: { kind: 'application_ended', reason: 'normal' },
  shutdown: { kind: 'application_ended', reason: { shutdown: 1 } },
  stopped: { kind: 'application_ended', reason: 'stopped' },
  crashed: { kind: 'application_ended', reason: new Error('x') },
  down: { kind: 'node_down' },
  SIGTERM: { kind: 'signal', signal: 'SIGTERM', number: 15 },
  SIGINT: { kind: 'signal', signal: 'SIGINT', number: 2 },
  quiet: { kind: 'all_stopped' },
  late: { kind: 'too_late' },
} as const satisfies Record<string, ProgramEvent>;

/** The next phase and the actions, in short. */
function next(phase: keyof typeof phases, event: keyof typeof events): string {
  const { phase: then, actions } = advance(phases[phase], events[event]);
  const done = actions.map((action) => {
    switch (action.kind) {
      case 'exit':
        return `exit ${action.code}${action.atOnce ? ' at once' : ''}`;
      case 'stop_all':
        return `stop (${action.why})`;
      default:
        return action.kind;
    }
  });
  return [then.kind === 'stopping' ? `stopping ${then.code}` : then.kind, ...done].join(', ');
}

const END_OF_ALL = 'its application has ended';

/** Phase by event. Where nothing stands, nothing follows. */
const table: readonly [keyof typeof phases, keyof typeof events, string][] = [
  ['starting', 'started', 'running, await_end'],
  ['starting', 'failed', 'stopping 1, report_failure, stop (the start failed)'],
  ['starting', 'down', 'ended, exit 1'],
  ['starting', 'SIGTERM', 'stopping 0, report_signal, stop (SIGTERM)'],
  ['starting', 'SIGINT', 'stopping 0, report_signal, stop (SIGINT)'],
  ['starting', 'late', 'ended, report_late, exit 1'],
  ['running', 'normal', `stopping 0, stop (${END_OF_ALL})`],
  ['running', 'shutdown', `stopping 0, stop (${END_OF_ALL})`],
  ['running', 'stopped', `stopping 0, stop (${END_OF_ALL})`],
  ['running', 'crashed', `stopping 1, stop (${END_OF_ALL})`],
  ['running', 'down', 'ended, exit 1'],
  ['running', 'SIGTERM', 'stopping 0, report_signal, stop (SIGTERM)'],
  ['running', 'SIGINT', 'stopping 0, report_signal, stop (SIGINT)'],
  ['running', 'late', 'ended, report_late, exit 1'],
  ['stopping', 'down', 'ended, exit 1'],
  ['stopping', 'SIGTERM', 'ended, report_signal, exit 143 at once'],
  ['stopping', 'SIGINT', 'ended, report_signal, exit 130 at once'],
  ['stopping', 'quiet', 'ended, exit 0'],
  ['stopping', 'late', 'ended, report_late, exit 1'],
  ['failing', 'down', 'ended, exit 1'],
  ['failing', 'SIGTERM', 'ended, report_signal, exit 143 at once'],
  ['failing', 'SIGINT', 'ended, report_signal, exit 130 at once'],
  ['failing', 'quiet', 'ended, exit 1'],
  ['failing', 'late', 'ended, report_late, exit 1'],
];

describe('advance', () => {
  it.each(table)('%s, %s: %s', (phase, event, answer) => {
    expect(next(phase, event)).toBe(answer);
  });

  it('does nothing for any other event', () => {
    const listed = new Set(table.map(([phase, event]) => `${phase} ${event}`));
    for (const [phase, event] of allPairs()) {
      if (listed.has(`${phase} ${event}`)) continue;
      expect(advance(phases[phase], events[event])).toEqual({ phase: phases[phase], actions: [] });
    }
  });
});

function allPairs(): readonly (readonly [keyof typeof phases, keyof typeof events])[] {
  const keys = <T extends object>(of: T) => Object.keys(of) as (keyof T)[]; // its own keys
  return keys(phases).flatMap((phase) => keys(events).map((event) => [phase, event] as const));
}
