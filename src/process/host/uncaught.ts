import type { Worker } from 'node:worker_threads';
import { onThread } from '#src/engine/metrics/index.js';
import type { Log } from '../output/log.js';

/**
 * Logs an uncaught error in this process or one of its threads before it takes effect. By default, Node.js prints a stack trace that log
 * readers cannot parse. The process then exits with status 1, since its state is unknown. If a thread ends, the code that started it handles this.
 */
export function logUncaught(log: Log): void {
  process.on('uncaughtException', (error: unknown, origin: string) => {
    const err = error instanceof Error ? error : new Error(String(error));
    log.fatal({ code: 'uncaught-error', thread: 'main', origin, err });
    process.stderr.write(`muster: cannot continue: ${err.message}\n`);
    process.exit(1);
  });
  onThread((thread: string, worker: Worker) => {
    worker.on('error', (err) => log.fatal({ code: 'uncaught-error', thread, err }));
  });
}
