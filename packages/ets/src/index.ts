/** `@coppice/ets`: tables owned by processes. OTP: `ets`, with a key and a value in place of tuples. */
import type { Ets as EtsTable, TableType } from './ets.ts';

export type {
  Bags,
  EtsInfo,
  EtsOptions,
  EtsTransfer,
  Heir,
  Protection,
  Sets,
  TableType,
} from './ets.ts';
export * as Ets from './ets-functions.ts';
/** A table, or the typed name of one: a key of type `K` has values of type `V`. */
export type Ets<K, V, T extends TableType = 'set'> = EtsTable<K, V, T>;
export type { RangeOptions } from './fold.ts';
export type { ElementOptions } from './lookup.ts';
export type { Bounds } from './ordered-store.ts';
export type { Continuation, Page } from './select.ts';
export { compareTerms } from './term-order.ts';
export type { BoundedIncrement, Increment } from './update.ts';
/** By this name the declarations that `tsc` makes refer to it: beside the namespace they can't by `Ets`. */
export type { EtsTable };
