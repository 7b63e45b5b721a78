/** The ports of the oracle's scripts. */
import type { Scenario } from './scenario.ts';
import { linksMonitors } from './scenarios/more/01-links-monitors.ts';
import { aliasesAndInfo } from './scenarios/more/02-aliases.ts';
import { restartIntensity } from './scenarios/more/04-restart-intensity.ts';
import { dynamicSupervisor } from './scenarios/more/05-dynamic-supervisor.ts';
import { registryDuplicate } from './scenarios/more/06-registry-duplicate.ts';
import { genServerLife } from './scenarios/more/07-gen-server-life.ts';
import { agentEdges } from './scenarios/more/08-agent-edges.ts';
import { agentKvStore } from './scenarios/seed/09-agent-kv-store.ts';
import { agentConfig } from './scenarios/seed/10-agent-config.ts';
import { agentGameState } from './scenarios/seed/11-agent-game-state.ts';
import { agentSessionStore } from './scenarios/seed/12-agent-session-store.ts';
import { advGlobalAgent } from './scenarios/seed/18-adv-global-agent.ts';
import { startAndShutdownOrder } from './scenarios/sup/01-start-and-shutdown-order.ts';
import { strategies } from './scenarios/sup/02-strategies.ts';
import { restartMatrix } from './scenarios/sup/03-restart-matrix.ts';
import { startFailures } from './scenarios/sup/05-start-failures.ts';
import { autoShutdown } from './scenarios/sup/08-auto-shutdown.ts';
import { partitionSupervisor } from './scenarios/sup/10-partition-supervisor.ts';
import { registryUnique } from './scenarios/sup/11-registry-unique.ts';
import { exitSignalMatrix } from './scenarios/sup/13-exit-signal-matrix.ts';
import { mailboxReceive } from './scenarios/sup/15-mailbox-receive.ts';
import { genServerCore } from './scenarios/sup/17-gen-server-core.ts';

export const scenarios: readonly Scenario[] = [
  agentKvStore,
  agentConfig,
  agentGameState,
  agentSessionStore,
  advGlobalAgent,
  startAndShutdownOrder,
  strategies,
  restartMatrix,
  startFailures,
  autoShutdown,
  partitionSupervisor,
  registryUnique,
  exitSignalMatrix,
  mailboxReceive,
  genServerCore,
  linksMonitors,
  aliasesAndInfo,
  restartIntensity,
  dynamicSupervisor,
  registryDuplicate,
  genServerLife,
  agentEdges,
];
