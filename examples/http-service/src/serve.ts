/** The service as a program: up until SIGTERM or SIGINT, then no new requests, those that run are finished, and exit code 0. */
import { Logger } from '@coppice/logger';
import { Application } from 'coppice';
import { Service } from './service.ts';

Logger.attach();
await Application.run(Service, { shutdownTimeout: 25_000 });
