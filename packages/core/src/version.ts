/** One copy of the runtime a program: two copies would be two worlds that share no process. */
import { formatValue } from './format.ts';

/** Version of this package. */
export const version = '0.1.0';

const KEY = Symbol.for('coppice.core.version');
const loaded: unknown = Reflect.get(globalThis, KEY);
if (loaded !== undefined) {
  throw new Error(
    `two copies of @coppice/core are loaded (versions ${formatValue(loaded)} and ${version}): their processes could not see each other. ` +
      'Make one copy of it resolvable: deduplicate the install, list @coppice/core as a peer dependency in libraries, and load it outside of bundles and of module resets',
  );
}
Reflect.set(globalThis, KEY, version);
