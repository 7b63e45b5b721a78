/** GenServer: call, cast, info, continue, timeouts, hibernate, stop, replies. */
import type { PidOf } from '@coppice/gen-server';
import { type Scenario, scenario } from '../../scenario.ts';
import { untyped } from '../../term.ts';
import { failingCalls, oddCalls, replies } from './17-gen-server-core/calls.ts';
import { clients, defaults, manyNodes, system } from './17-gen-server-core/clients.ts';
import { naming, starting, stopping } from './17-gen-server-core/life.ts';
import { casts, continues, idling } from './17-gen-server-core/loop.ts';
import { type Call, define, type Server, type Setup, slim } from './17-gen-server-core/server.ts';

export const genServerCore: Scenario = scenario('sup/17_gen_server_core', async (O) => {
  await O.trap();
  const G = define(O);
  const start = async (state: unknown) => untyped(await G.start(state));
  const call = async (server: PidOf<Server>, fn: Call, timeout = 300) =>
    slim(await O.catching(() => G.call(server, 'do', fn, { timeout })));
  const setup: Setup = { O, G, start, call };
  await replies(setup);
  await failingCalls(setup);
  await oddCalls(setup);
  await casts(setup);
  await continues(setup);
  await idling(setup);
  await starting(setup);
  await naming(setup);
  await stopping(setup);
  await defaults(O);
  await manyNodes(setup);
  await clients(setup);
  await system(setup);
});
