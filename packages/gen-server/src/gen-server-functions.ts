/** The functions of the `GenServer` namespace. */

export { whereis } from '@coppice/core';
export { answer as reply, call } from './call.ts';
export { cast } from './cast.ts';
export { define, name } from './define.ts';
export { enterLoop } from './enter-loop.ts';
export { abcast, multiCall } from './multi-call.ts';
export { checkResponse, receiveResponse, sendRequest, waitAnyResponse, waitResponse } from './request.ts';
export { stopServer as stop } from './stop.ts';
export {
  codeChange,
  getState,
  getStatus,
  log,
  replaceState,
  resume,
  statistics,
  suspend,
  trace,
} from './sys.ts';
