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
});
