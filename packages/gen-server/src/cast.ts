/** Telling a server something, without waiting. OTP: `gen_server:cast`, `gen_server:abcast`. */
import { type Pid, send } from '@coppice/core';
import { type AnyRef, findServer, payloadAndOptions } from './call.ts';
import type { CastMessage } from './message.ts';
import type { CastOf, CastRest, CastsOf, OtherCasts, Protocol, ServerRef } from './protocol.ts';

/** Sends a request and does not wait; a missing server is none of the sender's business. OTP: `GenServer.cast/2`. */
export function cast<P extends Protocol, K extends (keyof CastsOf<P> & string) | OtherCasts<P>>(
  server: ServerRef<P>,
  request: K,
  ...payload: CastRest<CastOf<P, K>>
): void {
  castServer(server, request, payloadAndOptions(payload)[0]);
}

/** `cast` without types. */
export function castServer(server: AnyRef | undefined, request: unknown, payload: unknown): void {
  const pid = findServer(server);
  if (pid === undefined) return;
  const message: CastMessage = { type: '$gen_cast', request, payload };
  send(pid as Pid<CastMessage>, message); // every server takes casts; one of another kind reports an unexpected message
}
