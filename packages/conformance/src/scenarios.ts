/** The ports of the oracle's scripts. */
import type { Scenario } from './scenario.ts';
import { linksMonitors } from './scenarios/more/01-links-monitors.ts';
import { aliasesAndInfo } from './scenarios/more/02-aliases.ts';
import { agentKvStore } from './scenarios/seed/09-agent-kv-store.ts';
import { agentConfig } from './scenarios/seed/10-agent-config.ts';
import { agentGameState } from './scenarios/seed/11-agent-game-state.ts';
import { agentSessionStore } from './scenarios/seed/12-agent-session-store.ts';
import { advGlobalAgent } from './scenarios/seed/18-adv-global-agent.ts';
import { exitSignalMatrix } from './scenarios/sup/13-exit-signal-matrix.ts';
import { mailboxReceive } from './scenarios/sup/15-mailbox-receive.ts';
import { genServerCore } from './scenarios/sup/17-gen-server-core.ts';

export const scenarios: readonly Scenario[] = [
  linksMonitors,
  aliasesAndInfo,
  agentKvStore,
  agentConfig,
  agentGameState,
  agentSessionStore,
  advGlobalAgent,
  exitSignalMatrix,
  mailboxReceive,
  genServerCore,
];
