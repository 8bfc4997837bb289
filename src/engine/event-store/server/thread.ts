import { Worker } from 'node:worker_threads';
import { watchThread } from '#src/engine/metrics/index.js';
import type { WireServer } from './server.js';
import type { WireWorkerOrder, WireWorkerReport, WireWorkerStart } from './worker-messages.js';

/** A server of the wire in a thread of its own. */
export interface WireServerThread extends WireServer {
  /** Resolves when it ended by itself. */
  readonly stopped: Promise<Error>;
}

/**
 * Serves the log of a running Muster in a thread of its own, so that a client that reads all of it does not keep commands waiting. Clients may write their own
 * streams, and read all. Throws where it cannot listen.
 */
export async function startEventStoreThread(start: WireWorkerStart): Promise<WireServerThread> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    name: 'event-store-server',
    // Not the loaders that this process may run under: they cost a second, and this thread is compiled code.
    execArgv: process.execArgv.filter((argument) => argument === '--enable-source-maps'),
    workerData: start,
    transferList: [start.handle.port],
  });
  watchThread('event-store-server', worker);
  const stopped = new Promise<Error>((resolve) => {
    worker.once('error', (error) => resolve(error));
    worker.once('exit', () => resolve(new Error('the event store server has ended')));
  });
  const reported = new Promise<WireWorkerReport>((resolve) => {
    worker.on('message', (message: WireWorkerReport | { readonly kind: 'event-loop' }) => {
      if (message.kind !== 'event-loop') resolve(message);
    });
  });
  const first = await Promise.race([reported, stopped]);
  if (first instanceof Error) throw first;
  if (first.kind === 'failed') throw new Error(`cannot serve the event store on ${start.host}:${start.port}: ${first.problem}`);
  const { url, port } = first;
  return {
    url,
    port,
    stopped,
    async close() {
      // Where it has ended, nobody hears this.
      worker.postMessage('close' satisfies WireWorkerOrder);
      await stopped;
    },
  };
}
