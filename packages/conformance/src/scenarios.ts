/** The ports of the oracle's scripts. */
import type { Scenario } from './scenario.ts';
import { linksMonitors } from './scenarios/more/01-links-monitors.ts';
import { aliasesAndInfo } from './scenarios/more/02-aliases.ts';
import { taskYieldShutdown } from './scenarios/more/03-task-yield-shutdown.ts';
import { restartIntensity } from './scenarios/more/04-restart-intensity.ts';
import { dynamicSupervisor } from './scenarios/more/05-dynamic-supervisor.ts';
import { registryDuplicate } from './scenarios/more/06-registry-duplicate.ts';
import { genServerLife } from './scenarios/more/07-gen-server-life.ts';
import { agentEdges } from './scenarios/more/08-agent-edges.ts';
import { exitsAndAliases } from './scenarios/more/09-exits-and-aliases.ts';
import { timersAndDictionary } from './scenarios/more/10-timers-and-dictionary.ts';
import { randomSignals } from './scenarios/more/11-random-signals.ts';
import { randomSupervisors } from './scenarios/more/12-random-supervisors.ts';
import { randomTrees } from './scenarios/more/13-random-trees.ts';
import { randomGenServers } from './scenarios/more/14-random-gen-servers.ts';
import { etsPages } from './scenarios/more/21-ets-pages.ts';
import { etsWalks } from './scenarios/more/22-ets-walks.ts';
import { etsCounters } from './scenarios/more/23-ets-counters.ts';
import { etsOwners } from './scenarios/more/24-ets-owners.ts';
import { etsBags } from './scenarios/more/25-ets-bags.ts';
import { etsRandom } from './scenarios/more/26-ets-random.ts';
import { oddStates } from './scenarios/more/31-odd-states.ts';
import { dynamicOddStates } from './scenarios/more/32-dynamic-odd-states.ts';
import { registryOwners } from './scenarios/more/33-registry-owners.ts';
import { parentsAndSlowStarts } from './scenarios/more/34-parents-and-slow-starts.ts';
import { partitionsAndWindows } from './scenarios/more/35-partitions-and-windows.ts';
import { applicationLives } from './scenarios/more/36-application-lives.ts';
import { supervisorsAndTheirOwn } from './scenarios/more/37-supervisors-and-their-own.ts';
import { asyncStreams } from './scenarios/more/41-async-streams.ts';
import { taskSupervisors } from './scenarios/more/42-task-supervisors.ts';
import { globalLocks } from './scenarios/more/43-global-locks.ts';
import { genServerSystem } from './scenarios/more/44-gen-server-system.ts';
import { genServerRequests } from './scenarios/more/45-gen-server-requests.ts';
import { randomTasks } from './scenarios/more/46-random-tasks.ts';
import { genServerStarts } from './scenarios/more/47-gen-server-starts.ts';
import { genServerEnds } from './scenarios/more/48-gen-server-ends.ts';
import { lineage } from './scenarios/more/49-lineage.ts';
import { tasksAndOwners } from './scenarios/more/50-tasks-and-owners.ts';
import { taskAsyncAwait } from './scenarios/seed/01-task-async-await.ts';
import { taskUserLoader } from './scenarios/seed/02-task-user-loader.ts';
import { taskAwaitMany } from './scenarios/seed/03-task-await-many.ts';
import { taskSupervised } from './scenarios/seed/04-task-supervised.ts';
import { taskFireAndForget } from './scenarios/seed/05-task-fire-and-forget.ts';
import { asyncStream } from './scenarios/seed/06-async-stream.ts';
import { agentCounter } from './scenarios/seed/08-agent-counter.ts';
import { agentKvStore } from './scenarios/seed/09-agent-kv-store.ts';
import { agentConfig } from './scenarios/seed/10-agent-config.ts';
import { agentGameState } from './scenarios/seed/11-agent-game-state.ts';
import { agentSessionStore } from './scenarios/seed/12-agent-session-store.ts';
import { variations } from './scenarios/seed/14-variations.ts';
import { advTaskPool } from './scenarios/seed/15-adv-task-pool.ts';
import { advHybridCacheEts } from './scenarios/seed/16-adv-hybrid-cache-ets.ts';
import { advGlobalAgent } from './scenarios/seed/18-adv-global-agent.ts';
import { bestPractices } from './scenarios/seed/19-best-practices.ts';
import { troubleshooting } from './scenarios/seed/21-troubleshooting.ts';
import { seedErrors } from './scenarios/seed/22-seed-errors.ts';
import { startAndShutdownOrder } from './scenarios/sup/01-start-and-shutdown-order.ts';
import { strategies } from './scenarios/sup/02-strategies.ts';
import { restartMatrix } from './scenarios/sup/03-restart-matrix.ts';
import { startFailures } from './scenarios/sup/05-start-failures.ts';
import { childManagement } from './scenarios/sup/06-child-management.ts';
import { shutdownModes } from './scenarios/sup/07-shutdown-modes.ts';
import { autoShutdown } from './scenarios/sup/08-auto-shutdown.ts';
import { partitionSupervisor } from './scenarios/sup/10-partition-supervisor.ts';
import { registryUnique } from './scenarios/sup/11-registry-unique.ts';
import { exitSignalMatrix } from './scenarios/sup/13-exit-signal-matrix.ts';
import { mailboxReceive } from './scenarios/sup/15-mailbox-receive.ts';
import { timersFlagsInfo } from './scenarios/sup/16-timers-flags-info.ts';
import { genServerCore } from './scenarios/sup/17-gen-server-core.ts';
import { namesVia } from './scenarios/sup/19-names-via.ts';
import { application } from './scenarios/sup/20-application.ts';
import { ets } from './scenarios/sup/21-ets.ts';

export const scenarios: readonly Scenario[] = [
  taskAsyncAwait,
  taskUserLoader,
  taskAwaitMany,
  taskSupervised,
  taskFireAndForget,
  asyncStream,
  agentCounter,
  agentKvStore,
  agentConfig,
  agentGameState,
  agentSessionStore,
  variations,
  advTaskPool,
  advHybridCacheEts,
  advGlobalAgent,
  bestPractices,
  troubleshooting,
  seedErrors,
  startAndShutdownOrder,
  strategies,
  restartMatrix,
  startFailures,
  childManagement,
  shutdownModes,
  autoShutdown,
  partitionSupervisor,
  registryUnique,
  exitSignalMatrix,
  mailboxReceive,
  timersFlagsInfo,
  genServerCore,
  namesVia,
  application,
  ets,
  linksMonitors,
  aliasesAndInfo,
  taskYieldShutdown,
  restartIntensity,
  dynamicSupervisor,
  registryDuplicate,
  genServerLife,
  agentEdges,
  exitsAndAliases,
  timersAndDictionary,
  randomSignals,
  randomSupervisors,
  randomTrees,
  randomGenServers,
  etsPages,
  etsWalks,
  etsCounters,
  etsOwners,
  etsBags,
  etsRandom,
  oddStates,
  dynamicOddStates,
  registryOwners,
  parentsAndSlowStarts,
  partitionsAndWindows,
  applicationLives,
  supervisorsAndTheirOwn,
  asyncStreams,
  taskSupervisors,
  globalLocks,
  genServerSystem,
  genServerRequests,
  randomTasks,
  genServerStarts,
  genServerEnds,
  lineage,
  tasksAndOwners,
];
