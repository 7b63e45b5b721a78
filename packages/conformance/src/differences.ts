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

const bareState = '`init` returns its state bare, so that any value is a state and none is a bad return.';
const ownError = "a TypeError whose message names the server and the request, which Elixir's does not.";

export const differences: readonly Difference[] = [
  {
    scenario: 'seed/09_agent_kv_store',
    step: 'keys 1 and 1.0 are different map keys',
    reason: oneNumberType,
  },
  {
    scenario: 'seed/18_adv_global_agent',
    step: ':global.send to a missing name',
    reason:
      'There is one `send` for all forms of names, and it refuses every missing one with the same TypeError.',
  },
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
  {
    scenario: 'sup/17_gen_server_core',
    step: 'call to nil name',
    reason:
      '`undefined` is no name: the types refuse it, and code without types gets the TypeError of any bad argument.',
  },
  {
    scenario: 'sup/17_gen_server_core',
    step: 'init bad: start_link result, EXIT message to the trapping parent',
    reason: bareState,
  },
  {
    scenario: 'sup/17_gen_server_core',
    step: 'init bad_ok: start_link result, EXIT message to the trapping parent',
    reason: bareState,
  },
  {
    scenario: 'sup/17_gen_server_core',
    step: 'default handlers: unknown call crashes, unknown cast crashes, unknown info is logged and ignored',
    reason: `The server crashes as Elixir's does; the error is ${ownError}`,
  },
  {
    scenario: 'sup/17_gen_server_core',
    step: 'undefined callback',
    reason: `Handlers are fields of a record, so that a missing one and a request without one are the same: ${ownError}`,
  },
];
