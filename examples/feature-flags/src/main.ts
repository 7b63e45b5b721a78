/** A page follows its flags while updates are made, refused and crash; then the server and the page are killed. */
import {
  ExitError,
  exit,
  GenServer,
  isDown,
  monitor,
  noreply,
  receive,
  reply,
  Supervisor,
  whereis,
} from 'coppice';
import * as FeatureFlags from './feature-flags.ts';
import type { Flags } from './flags.ts';

/** A subscriber. It keeps the banner, as something would that needs time to draw it. */
const Page = GenServer.define('Page', {
  init: () => {
    FeatureFlags.subscribe('banner');
    return FeatureFlags.get('banner');
  },
  call: { show: (banner) => reply(banner, banner) },
  info: { flag_changed: (_, _changed: FeatureFlags.FlagChanged) => noreply(FeatureFlags.get('banner')) },
});
const page = Page.name('page');

const app = await Supervisor.startLink(
  [FeatureFlags.childSpec(), Page.childSpec(undefined, { name: page })],
  {
    strategy: 'rest_for_one',
    name: 'app',
  },
);

console.log('# an update, of which subscribers hear');
await update((flags) => ({ ...flags, newCheckout: true, banner: 'Try the new checkout' }));
console.log('the page shows:', await Page.call(page, 'show'));

console.log('# bad updates are refused');
await update((flags) => ({ ...flags, newCheckout: false, checkoutPercent: 250 }));
await updateFromJson('{ "checkoutPercent": "all" }');
await updateFromJson('{ "newCheckuot": false }');
console.log('checkoutPercent is still', FeatureFlags.get('checkoutPercent'));

console.log('# an update crashes the server: the last good flags stay');
await update(({ banner }) => {
  throw new Error(`cannot translate "${banner}"`);
});
console.log('the banner is still:', FeatureFlags.get('banner'));
await Supervisor.countChildren('feature_flags'); // answers when the restart is done
await update((flags) => ({ ...flags, banner: 'Still here' }));
console.log('the page shows:', await Page.call(page, 'show'));

console.log('# the server is killed: the flags can be read meanwhile');
await kill('feature_flags.server');
console.log('the banner is still:', FeatureFlags.get('banner'));
await Supervisor.countChildren('feature_flags');
await update((flags) => ({ ...flags, banner: 'And here again' }));
console.log('the page shows:', await Page.call(page, 'show'));

console.log('# the page is killed: the new one knows the flag, and hears of its next change');
await kill('page');
await Supervisor.countChildren('app');
console.log('the page shows:', await Page.call(page, 'show'));
await update((flags) => ({ ...flags, banner: 'Good bye' }));
console.log('the page shows:', await Page.call(page, 'show'));
await Supervisor.stop(app);

async function update(change: (flags: Flags) => Flags): Promise<void> {
  try {
    const updated = await FeatureFlags.update(change);
    console.log(updated.ok ? 'updated' : `refused: ${updated.problem}`);
  } catch (error) {
    if (!(error instanceof ExitError)) throw error;
    console.log('failed:', error.reason instanceof Error ? error.reason.message : error.reason);
  }
}

function updateFromJson(text: string): Promise<void> {
  const changes = JSON.parse(text) as object; // the check of the update is what makes flags of it
  return update((flags) => ({ ...flags, ...changes }));
}

async function kill(name: string): Promise<void> {
  const pid = whereis(name);
  if (pid === undefined) throw new Error(`there is no ${name}`);
  monitor(pid);
  exit(pid, 'kill');
  await receive(isDown);
}
