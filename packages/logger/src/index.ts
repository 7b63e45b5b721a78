/** `@coppice/logger`: crash, supervisor, progress and dead-letter reports as pino records, and metadata that follows tasks. OTP: `logger`. */
export type { LoggerOptions } from './attach.ts';
export * as Logger from './logger-functions.ts';
export type { Metadata } from './metadata.ts';
