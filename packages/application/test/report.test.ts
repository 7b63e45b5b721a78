import { describe, expect, it } from 'vitest';
import { formatReport } from '../src/report.ts';

describe('formatReport', () => {
  it("has the program's own frames first, as the report of a crash", () => {
    const error = new Error('write EPIPE');
    error.stack =
      'Error: write EPIPE\n    at Socket._write (node:net:1274:8)\n    at prepStop (/srv/app.ts:3:1)';
    const why = { application: 'shop', report: 'prep_stop_error', reason: error } as const;
    expect(formatReport({ ...why, restart: 'permanent', action: 'none' })).toBe(
      `application shop is stopped all the same, though its prepStop failed: Error: write EPIPE
      at prepStop (/srv/app.ts:3:1)
      at Socket._write (node:net:1274:8)`,
    );
  });

  it('leaves the stack to the crash report where a supervisor has told of the error', () => {
    const reason = { shutdown: ['failed_to_start_child', 'till', new Error('no paper')] };
    const event = { application: 'shop', report: 'start_error', reason, restart: 'temporary' } as const;
    expect(formatReport({ ...event, action: 'none' })).toBe(
      'application shop did not start: Error: no paper',
    );
  });

  it('lets no reason pass for a report of its own, or change what the terminal shows', () => {
    const event = { application: 'shop', report: 'exited', restart: 'temporary', action: 'none' } as const;
    const told = 'application shop ended: a\n  process crashed\\u001b[2K';
    expect(formatReport({ ...event, reason: 'a\nprocess crashed\u001B[2K' })).toBe(told);
    expect(formatReport({ ...event, reason: { nocatch: 'text' } })).toBe(
      'application shop ended: (throw) text',
    );
  });
});
