/** The service: its configuration, its tree, and how it stops. */
import { Application, Supervisor } from 'coppice';
import * as Prices from './prices.ts';
import * as Requests from './request-process.ts';
import * as Web from './web.ts';

export const Service = Application.define('service', {
  env: { port: 8080, upstream: 'http://127.0.0.1:8081', requestTimeout: 2_000, maxRequests: 1_000 },
  variables: {
    port: 'PORT',
    upstream: 'UPSTREAM',
    requestTimeout: 'REQUEST_TIMEOUT',
    maxRequests: 'MAX_REQUESTS',
  },
  // Started in this order and stopped in reverse: who takes requests is the last to come and the first to go.
  start: ({ env }) =>
    Supervisor.startLink([Prices.childSpec(), Requests.childSpec(env.maxRequests), Web.childSpec(env)], {
      strategy: 'one_for_one',
    }),
  prepStop: Web.drain,
});
