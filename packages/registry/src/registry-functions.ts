/** The functions of the `Registry` namespace. It is a via itself: `{ via: Registry, key: { registry, key } }`. */
export { dispatch } from './dispatch.ts';
export { lock } from './lock.ts';
export { count, countMatch, countSelect, keys, lookup, match, select, values } from './lookup.ts';
export { deleteMeta, meta, putMeta } from './meta.ts';
export { register, unregister, unregisterMatch, updateValue } from './register.ts';
export { duplicate, unique } from './registry.ts';
export { childSpec, startLink } from './start.ts';
export { registerName, unregisterName, via, whereisName } from './via.ts';
