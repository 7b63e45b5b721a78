/**
 * Makes a table, gives it to whoever claims it, and inherits it when that process ends: the next one claims it whole. It does nothing else, so that it has
 * no reason to crash.
 */
import { type ChildSpec, Ets, type EtsTransfer, GenServer, noreply, type Pid, reply, self } from 'coppice';

/** The keeper of one table. */
export function define<K, V>(table: Ets<K, V>) {
  const Keeper = GenServer.define('TableKeeper', {
    init: () => Ets.new(table, { heir: { pid: self<EtsTransfer>(), data: 'kept' } }),
    call: {
      claim: (state, claimer: Pid<EtsTransfer>) => {
        Ets.giveAway(table, claimer, 'claimed');
        return reply(undefined, state);
      },
    },
    info: {
      // It comes back.
      'ETS-TRANSFER': (state, _transfer: EtsTransfer) => noreply(state),
    },
  });
  const keeper = Keeper.name(`${table.name}.keeper`);

  return {
    childSpec: (): ChildSpec => Keeper.childSpec(undefined, { name: keeper }),
    /** Makes `claimer` the owner of the table, which nobody else must have claimed and still be alive. */
    claim: (claimer: Pid<EtsTransfer>): Promise<void> => Keeper.call(keeper, 'claim', claimer),
  };
}
