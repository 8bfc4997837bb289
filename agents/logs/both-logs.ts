import type { LogStream } from '#domain/protocol/agent-channel.js';
import type { RotatedLog } from './rotated-log.js';

/** The spacing of writes that arrive in the same moment, in milliseconds. Times are doubles, which distinguish them. */
const STEP_MS = 0.001;

/** Both streams of a log that this process writes. The time of each write is later than that of the previous one in either stream, so it is also their order. */
export class BothLogs {
  #last: number;

  constructor(readonly logs: Readonly<Record<LogStream, RotatedLog>>) {
    this.#last = Math.max(logs.stdout.lastTime() ?? 0, logs.stderr.lastTime() ?? 0);
  }

  append(stream: LogStream, bytes: Uint8Array, time: number): void {
    this.#last = Math.max(time, this.#last + STEP_MS);
    this.logs[stream].append(bytes, this.#last);
  }

  close(): void {
    this.logs.stdout.close();
    this.logs.stderr.close();
  }
}
