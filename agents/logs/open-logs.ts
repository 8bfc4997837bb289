import { LogOrder } from './order.js';
import { RotatedLog, type LogBounds } from './rotated-log.js';

export class OpenLogs {
  readonly #logs = new Map<string, WeakRef<RotatedLog>>();
  readonly #orders = new Map<string, WeakRef<LogOrder>>();

  constructor(private readonly bounds: LogBounds) {}

  log(file: string): RotatedLog {
    return known(this.#logs, file, () => new RotatedLog(file, this.bounds));
  }

  order(file: string): LogOrder {
    return known(this.#orders, file, () => new LogOrder(file));
  }

  forgetUnused(): void {
    for (const all of [this.#logs, this.#orders])
      for (const [file, log] of all) if (log.deref() === undefined) all.delete(file);
  }
}

function known<Log extends object>(all: Map<string, WeakRef<Log>>, file: string, open: () => Log): Log {
  const found = all.get(file)?.deref();
  if (found !== undefined) return found;
  const opened = open();
  all.set(file, new WeakRef(opened));
  return opened;
}
