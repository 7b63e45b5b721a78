/** The functions of the `Logger` namespace. OTP: `logger`, Elixir: `Logger`. */
export { attach } from './attach.ts';
export { metadata, mixin, resetMetadata } from './metadata.ts';
