/** An application whose only child fails too often: `runs` and then crashes, or does not `start`. */
import { Application } from '@coppice/application';
import { GenServer, noreply } from '@coppice/gen-server';
import { type Restart, Supervisor } from '@coppice/supervisor';

const [does = '', restart = 'permanent'] = process.argv.slice(2);

const Till = GenServer.define('Till', {
  init: () => {
    if (does === 'start') throw new Error('no paper');
    setTimeout(() => Till.cast('till', 'print'), 20);
    return 0;
  },
  cast: {
    print: (n) => {
      if (n === 0) throw new Error('no paper');
      return noreply(n);
    },
  },
});
const Shop = Application.define('shop', {
  start: () =>
    Supervisor.startLink([Till.childSpec(undefined, { name: 'till' })], {
      strategy: 'one_for_one',
      maxRestarts: 0,
      name: 'shop.sup',
    }),
});

await Application.run(Shop, { restart: restart as Restart });
