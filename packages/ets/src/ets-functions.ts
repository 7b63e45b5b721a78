/** The functions of the `Ets` namespace. */
export { name } from './ets.ts';
export { entries, foldl, foldr, range } from './fold.ts';
export {
  clear,
  deleteFrom as delete,
  deleteObject,
  insert,
  insertAll,
  insertNew,
  insertNewAll,
  member,
  take,
} from './insert.ts';
export { lookup, lookupElement } from './lookup.ts';
export { all, giveAway, info, newTable as new, rename, safeFixtable, setopts, whereis } from './ownership.ts';
export { match, select, selectCount, selectDelete, selectReplace, selectReverse } from './select.ts';
export { update, updateCounter, updateElement } from './update.ts';
export { first, last, next, prev } from './walk.ts';
