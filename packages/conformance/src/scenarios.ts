/** The ports of the oracle's scripts. */
import type { Scenario } from './scenario.ts';
import { exitSignalMatrix } from './scenarios/sup/13-exit-signal-matrix.ts';
import { mailboxReceive } from './scenarios/sup/15-mailbox-receive.ts';

export const scenarios: readonly Scenario[] = [exitSignalMatrix, mailboxReceive];
