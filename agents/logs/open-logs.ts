import { RotatedLog, type LogBounds } from './rotated-log.js';

/** Readers and the writer of a log share it, so that readers know which parts exist. */
export class OpenLogs {
  readonly #logs = new Map<string, WeakRef<RotatedLog>>();

  constructor(readonly bounds: LogBounds) {}

  log(file: string): RotatedLog {
    const found = this.#logs.get(file)?.deref();
    if (found !== undefined && !found.isRemoved()) return found;
    const opened = new RotatedLog(file, this.bounds);
    this.#logs.set(file, new WeakRef(opened));
    return opened;
  }

  forgetUnused(): void {
    for (const [file, log] of this.#logs) if (log.deref() === undefined) this.#logs.delete(file);
  }
}
