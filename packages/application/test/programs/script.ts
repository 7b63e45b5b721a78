/** A script that starts an application without `run`, and does what its argument says. */
import { Application } from '@coppice/application';
import { Supervisor } from '@coppice/supervisor';

const [does = ''] = process.argv.slice(2);
const App = Application.define('app', {
  start: () => Supervisor.startLink([], { strategy: 'one_for_one', name: 'app.sup' }),
  stop: () => console.log('stop app'),
});
const Other = Application.define('other', {
  start: () => Supervisor.startLink([], { strategy: 'one_for_one' }),
});

/** A timer that does not keep the program running. */
const later = (ms: number, what: () => unknown): void => void setTimeout(what, ms).unref();

switch (does) {
  case 'stops':
    await Application.start(App);
    later(200, () => void Application.stop(App));
    break;
  case 'ends':
    await Application.start(Other);
    await Application.start(App, 'permanent');
    later(50, () => void Supervisor.stop('app.sup'));
    break;
  case 'runs twice':
    later(50, async () => {
      await Application.run(Other).catch((error: unknown) => console.log(String(error)));
      process.kill(process.pid, 'SIGTERM');
    });
    await Application.run(App);
}
