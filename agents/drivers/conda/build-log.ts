import { MAX_RESULT_BYTES } from '#domain/drivers/index.js';
import { MAX_BUILD_LOG, type BuildResult } from '#domain/drivers/conda/index.js';
import { droppedLine } from '../../logs/log-source.js';

const SPARE_BYTES = 1024;

const MARK_BYTES = 128;

/** The end of a build's log. It is stored with the result, so it outlives the node. The first line reports how much output was omitted. */
export class BuildLog {
  #text = '';
  #dropped = 0;

  add(line: string): void {
    this.#text += `${line}\n`;
    // The text is trimmed only occasionally, because a tool may print a lot.
    if (this.#text.length <= 2 * MAX_BUILD_LOG) return;
    this.#dropped += Buffer.byteLength(this.#text.slice(0, -MAX_BUILD_LOG));
    this.#text = this.#text.slice(-MAX_BUILD_LOG);
  }

  within(result: BuildResult): BuildResult {
    const most = Math.min(MAX_BUILD_LOG, MAX_RESULT_BYTES - SPARE_BYTES - bytesOf(result));
    if (most <= 0) return result;
    if (this.#dropped === 0 && bytesOf(this.#text) <= most) return { ...result, log: this.#text };
    const room = most - MARK_BYTES;
    if (room <= 0) return result;
    let log = this.#text.slice(-room);
    while (bytesOf(log) > room) log = log.slice(Math.ceil((bytesOf(log) - room) / 6));
    log = log.slice(log.indexOf('\n') + 1);
    const dropped = this.#dropped + Buffer.byteLength(this.#text) - Buffer.byteLength(log);
    return { ...result, log: `${droppedLine(dropped)}${log}` };
  }
}

function bytesOf(given: unknown): number {
  return Buffer.byteLength(JSON.stringify(given));
}
