import { parentPort, workerData } from 'node:worker_threads';
import { ownStreams } from '#domain/kernel/catalog/index.js';
import { showEventLoop } from '#src/engine/metrics/index.js';
import { connectWireLog } from '#src/engine/event-store/index.js';
import { RUNNING_SERVER_BOUNDS } from './bounds.js';
import { startWireServer } from './server.js';
import type { WireWorkerReport, WireWorkerStart } from './worker-messages.js';
import { refusesAll, ruleForRunningServer } from './write-rule.js';

/** Thread that serves the log of a running server to other clients. Muster's own streams have one writer: Muster. */
const { handle, categories, foreign = 'accept', ...options } = workerData as WireWorkerStart;
const report = (message: WireWorkerReport): void => parentPort?.postMessage(message);

showEventLoop();
try {
  const server = await startWireServer({
    ...options,
    log: connectWireLog(handle),
    rule:
      handle.refuses === undefined
        ? ruleForRunningServer(foreign, ownStreams(categories))
        : refusesAll(handle.refuses),
    bounds: RUNNING_SERVER_BOUNDS,
  });
  report({ kind: 'listening', url: server.url, port: server.port });
  parentPort?.once('message', () => {
    void server.close().finally(() => parentPort?.close());
  });
} catch (error) {
  report({ kind: 'failed', problem: error instanceof Error ? error.message : String(error) });
  handle.port.close();
}
