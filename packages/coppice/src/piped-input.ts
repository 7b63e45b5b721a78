/**
 * Lines that come through a pipe, one at a time. Node's REPL takes all that are there at once, though the first may still wait for a message: here the next line
 * comes when it is asked for.
 */
import { createInterface } from 'node:readline';
import { PassThrough, type Readable } from 'node:stream';

export class PipedInput {
  /** What the REPL reads. It ends with `source`. */
  readonly stream: PassThrough = new PassThrough();
  readonly #lines: AsyncIterator<string>;
  #isAsked = false;

  constructor(source: Readable) {
    this.#lines = createInterface({ input: source })[Symbol.asyncIterator]();
  }

  /** Lets one line through; nothing happens if the last one that was asked for has not come yet. */
  async next(): Promise<void> {
    if (this.#isAsked) return;
    this.#isAsked = true;
    const line = await this.#lines.next();
    this.#isAsked = false;
    if (line.done === true) this.stream.end();
    else this.stream.write(`${line.value}\n`);
  }
}
