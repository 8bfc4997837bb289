import { MAX_RESULT_BYTES } from '#domain/drivers/index.js';
import { MAX_BUILD_LOG, type BuildResult } from '#domain/drivers/conda/index.js';

/** Of a result, for what JSON adds. */
const SPARE_BYTES = 1024;

/** The end of what a build says, so that it outlives its node with the build's result. */
export class BuildLog {
  #text = '';

  add(line: string): void {
    this.#text += `${line}\n`;
    // Now and then: a tool may say a lot.
    if (this.#text.length > 2 * MAX_BUILD_LOG) this.#text = this.#text.slice(-MAX_BUILD_LOG);
  }

  /** The result with as much of the log as it has room for, from the beginning of a line. */
  within(result: BuildResult): BuildResult {
    const room = Math.min(MAX_BUILD_LOG, MAX_RESULT_BYTES - SPARE_BYTES - bytesOf(result));
    let log = this.#text.slice(-Math.max(room, 0));
    if (room <= 0) return result;
    // Of what JSON writes with more than one byte there is less room than it has characters.
    while (bytesOf(log) > room) log = log.slice(Math.ceil((bytesOf(log) - room) / 6));
    return { ...result, log: log.length === this.#text.length ? log : log.slice(log.indexOf('\n') + 1) };
  }
}

function bytesOf(given: unknown): number {
  return Buffer.byteLength(JSON.stringify(given));
}
