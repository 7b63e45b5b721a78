/** The client: a server that has lines made louder over a connection. It knows nothing of sockets, and less of backoff. */
import { GenServer, reply } from 'coppice';
import { Connection, type ConnectionRef } from './connection.ts';

export const Loudspeaker = GenServer.define('Loudspeaker', {
  init: (connection: ConnectionRef) => connection,
  call: {
    say: async (connection, question: string) => {
      const answer = await Connection.call(connection, { type: 'ask', question });
      return reply(answer.ok ? answer.value : answer.reason, connection);
    },
  },
});
