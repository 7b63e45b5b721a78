/** The functions of the `GenStatem` namespace. */
export { answer, define, types } from './define.ts';
