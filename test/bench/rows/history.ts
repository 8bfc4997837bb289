import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { OwnScope } from '../../fixtures/scope.js';
import { startServer, type Server } from '../../fixtures/server.js';
import { embeddedWiring } from '../../fixtures/wiring/embedded.js';
import { ownDirectory, shown } from '../fleet.js';
import { writeLivedLog } from '../lived-log.js';
import { makeLoad } from '../load/index.js';
import { residentMemory } from '../memory.js';
import { number, type Figure, type Row } from '../row.js';

const NODES = 1_000;
const LISTS = ['/nodes', '/jobs?limit=100', '/nodes/sim-0/allocations?limit=100'] as const;

/** Measures what must not grow with history, on logs of one million and ten million events. Slow, and needs over 6 GB of disk: runs only by name. */
export const history: Row = {
  name: 'history',
  what: 'ready after a kill, on a log of ten million events',
  sense: 'most',
  bar: 2_000,
  quickBar: 60_000,
  unit: 'ms',
  async measure() {
    const figures: number[] = [];
    const notes: string[] = [];
    for (const events of [1_000_000, 10_000_000]) {
      const directory = ownDirectory();
      const scope = new OwnScope();
      try {
        await writeLivedLog(directory, events, NODES);
        // Otherwise jobs that ended long ago would be removed during the measurement.
        const env = {
          MUSTER_NODE_TIMEOUT_SECONDS: '86400',
          MUSTER_LOG_LEVEL: 'warn',
          MUSTER_ENDED_JOBS_DAYS: '0',
        };
        const server = await startServer(scope, {
          dataDir: directory,
          wiring: await embeddedWiring(scope, directory),
          env,
          readyWithin: 1_800_000,
        });
        await shown(server, 1_800_000);
        await server.kill();
        const began = performance.now();
        await server.start(600_000);
        const ready = performance.now() - began;
        figures.push(ready);
        notes.push(
          `${events.toLocaleString('en-US')} events: ready ${number(ready)} ms after a kill; ${await seen(server, directory)}`,
        );
      } finally {
        await scope.end();
        rmSync(directory, { recursive: true, force: true });
      }
    }
    return { runs: figures.slice(-1), notes } satisfies Figure;
  },
};

async function seen(server: Server, directory: string): Promise<string> {
  const lists: string[] = [];
  for (const path of LISTS) {
    const began = performance.now();
    const { text } = await server.api.get(path, { timeout: 60_000 });
    lists.push(`GET ${path} ${number(performance.now() - began)} ms, ${number(text.length / 1024)} KiB`);
  }
  const load = { kind: 'submit', count: 10_000, allocations: 1, prefix: 'new-', constrained: false } as const;
  const { requests, seconds } = await makeLoad({
    host: '127.0.0.1',
    port: server.port,
    connections: 64,
    load,
  });
  const disk = readdirSync(directory)
    .map((name) => statSync(join(directory, name)))
    .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
  return [
    `disk ${number(disk / 2 ** 20)} MiB`,
    ...lists,
    `${number(requests / seconds)} commands a second`,
    `memory ${number(residentMemory(server.pid).peak)} MiB at its highest`,
  ].join('; ');
}
