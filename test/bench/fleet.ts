import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { parsePrometheus, valueOf } from '../fixtures/prometheus-text.js';
import { OwnScope } from '../fixtures/scope.js';
import { startServer, type Server } from '../fixtures/server.js';
import { embeddedWiring } from '../fixtures/wiring/embedded.js';
import { productionWiring } from '../fixtures/wiring/production.js';
import { makeLoad } from './load/index.js';
import type { Load } from './load/requests.js';
import type { LoadResult } from './load/main.js';
import { ALL_CATEGORIES } from '#test/fixtures/muster-events.js';
import type { BenchWiring } from './row.js';

/** Parent of the data directories, on the disk whose fsync time is measured. */
export const DATA_ROOT = tmpdir();

export interface Fleet {
  readonly server: Server;
  /** `perSecond`: requests begun per second. Default: as many as the connections allow. */
  load(load: Load, connections?: number, perSecond?: number): Promise<LoadResult>;
  end(): Promise<void>;
}

/**
 * Starts a server with simulated nodes that register over HTTP. They send no heartbeats (the node timeout is a day), because only the control plane
 * is measured, and five thousand agents would not fit on the same two cores. `main`: main module of another revision. Default: this one's.
 */
export async function startFleet(
  nodes: number,
  resources: Readonly<Record<string, number>> = { cpu: 4_000, memory: 16_384 },
  wiring: BenchWiring = 'embedded',
  env: Readonly<Record<string, string>> = {},
  main?: string,
): Promise<Fleet> {
  const scope = new OwnScope();
  const dataDir = join(ownFolder(scope), 'server');
  const server = await startServer(scope, {
    dataDir,
    wiring: await (wiring === 'production' ? productionWiring : embeddedWiring)(scope, dataDir),
    env: { MUSTER_NODE_TIMEOUT_SECONDS: '86400', MUSTER_LOG_LEVEL: 'warn', ...env },
    ...(main !== undefined && { main }),
  });
  const load = (what: Load, connections = 64, perSecond?: number): Promise<LoadResult> =>
    makeLoad({
      host: '127.0.0.1',
      port: server.port,
      connections,
      load: what,
      ...(perSecond !== undefined && { perSecond }),
    });
  if (nodes > 0) await load({ kind: 'register', count: nodes, resources });
  return { server, load, end: () => scope.end() };
}

/** Waits until the log has not grown for a second. */
export async function quiet(server: Server, timeout: number): Promise<void> {
  const { openEventStoreReadOnly } = await import('#src/engine/event-store/index.js');
  const { connectEventStore } = await import('#src/stores/connect.js');
  const store =
    server.log.kind === 'directory'
      ? openEventStoreReadOnly(server.log.directory)
      : await connectEventStore({ ...server.log, categories: ALL_CATEGORIES });
  try {
    let last: bigint | undefined;
    let since = performance.now();
    await eventually(
      async () => {
        const head = await store.head();
        if (head !== last) {
          last = head;
          since = performance.now();
        }
        return performance.now() - since > 1_000;
      },
      { timeout, interval: 100, what: 'a quiet log' },
    );
  } finally {
    await store.close();
  }
}

/** Waits until reads have caught up with the log. */
export async function shown(server: Server, timeout: number): Promise<void> {
  await eventually(
    async () => {
      const families = parsePrometheus((await server.api.get('/metrics')).text);
      return valueOf(families, 'muster_projection_lag_events', { model: 'jobs' }) === 0;
    },
    { timeout, interval: 500, what: 'read models that have caught up' },
  );
}

export function ownDirectory(): string {
  return mkdtempSync(join(DATA_ROOT, 'muster-bench-'));
}
