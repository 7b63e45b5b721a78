/** The client: a server that answers with what the service says or, if that can't be had, with what it said last. */
import { GenServer, reply } from 'coppice';
import { type BreakerRef, guarded } from './circuit-breaker.ts';
import type { WeatherService } from './weather-service.ts';

interface State {
  readonly service: WeatherService;
  readonly breaker: BreakerRef;
  readonly last: string;
}

export const Forecast = GenServer.define('Forecast', {
  init: (from: Omit<State, 'last'>): State => ({ ...from, last: 'nothing yet' }),
  call: {
    today: async (state: State) => {
      const { service, breaker, last } = state;
      try {
        const text = await guarded(breaker, () => service.forecast());
        return reply(text, { ...state, last: text });
      } catch (error) {
        const reason = error instanceof Error ? error.message : 'unknown';
        return reply(`${last} (${reason})`, state);
      }
    },
  },
});
