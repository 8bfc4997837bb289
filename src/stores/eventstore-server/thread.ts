import { Worker } from 'node:worker_threads';
import { watchThread } from '#src/engine/metrics/index.js';
import type { WireServer } from './server.js';
import type { WireWorkerOrder, WireWorkerReport, WireWorkerStart } from './worker-messages.js';

export interface WireServerThread extends WireServer {
  readonly stopped: Promise<Error>;
}

/**
 * Serves the log of a running server in a separate thread, so that a client that reads the entire log does not delay commands. Clients can read
 * everything, and can write their own streams. Throws if it cannot listen.
 */
export async function startEventStoreThread(start: WireWorkerStart): Promise<WireServerThread> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    name: 'event-store-server',
    // Omits any loaders of this process: they take a second to start, and this thread runs compiled code.
    execArgv: process.execArgv.filter((argument) => argument === '--enable-source-maps'),
    workerData: start,
    transferList: [start.handle.port],
  });
  watchThread('event-store-server', worker);
  const stopped = new Promise<Error>((resolve) => {
    worker.once('error', (error) => resolve(error));
    worker.once('exit', () => resolve(new Error('the event store server has stopped')));
  });
  const reported = new Promise<WireWorkerReport>((resolve) => {
    worker.on('message', (message: WireWorkerReport | { readonly kind: 'event-loop' }) => {
      if (message.kind !== 'event-loop') resolve(message);
    });
  });
  const first = await Promise.race([reported, stopped]);
  if (first instanceof Error) throw first;
  if (first.kind === 'failed')
    throw new Error(`cannot serve the event store on ${start.host}:${start.port}: ${first.problem}`);
  const { url, port } = first;
  return {
    url,
    port,
    stopped,
    async close() {
      worker.postMessage('close' satisfies WireWorkerOrder);
      await stopped;
    },
  };
}
