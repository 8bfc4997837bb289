import type { Worker } from 'node:worker_threads';
import { onThread } from '#src/engine/metrics/index.js';
import type { Log } from './log.js';

/**
 * Logs an uncaught error of this process or one of its threads before it takes effect, because Node.js alone prints a stack trace that no log reader
 * parses. The process then ends with status 1, since its state is unknown. A thread ends, and its starter decides what follows.
 */
export function logUncaught(log: Log): void {
  process.on('uncaughtException', (error: unknown, origin: string) => {
    const err = error instanceof Error ? error : new Error(String(error));
    log.fatal({ code: 'uncaught-error', thread: 'main', origin, err });
    process.stderr.write(`muster: cannot go on: ${err.message}\n`);
    process.exit(1);
  });
  onThread((thread: string, worker: Worker) => {
    worker.on('error', (err) => log.fatal({ code: 'uncaught-error', thread, err }));
  });
}
