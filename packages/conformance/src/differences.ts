/**
 * Lines of the oracle that cannot hold in JavaScript, each with the reason. A line that is listed here and is equal after all fails
 * the run, as does one that differs and is not listed. Also in `docs/otp-differences.md`.
 */
export interface Difference {
  readonly scenario: string;
  readonly step: string;
  readonly reason: string;
}

const oneNumberType =
  'JavaScript has one number type: `1` and `1.0` are the same value, as a number and as a key.';

export const differences: readonly Difference[] = [
  {
    scenario: 'sup/13_exit_signal_matrix',
    step: 'uncaught errors: DOWN reasons',
    reason:
      'JavaScript raises nothing for a missing clause or a wrong number of arguments, and for a failed match a TypeError: ' +
      'it has no `case_clause`, `badarity` or `badmatch`.',
  },
  {
    scenario: 'sup/15_mailbox_receive',
    step: 'integer pattern 1 does not match 1.0',
    reason: oneNumberType,
  },
];
