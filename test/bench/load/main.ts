/** The load generator as a program: one JSON job on the command line, one JSON result on standard output. */
import { Connection } from './connection.js';
import { setTimeout as pause } from 'node:timers/promises';
import { requestOf, type Load } from './requests.js';

export interface LoadJob {
  readonly host: string;
  readonly port: number;
  readonly connections: number;
  readonly load: Load;
  /** Requests begun per second. Absent: as many as the connections allow. */
  readonly perSecond?: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Refusals by status, with the first body of each. */
  readonly unexpected: Readonly<Record<string, { readonly count: number; readonly first: string }>>;
  /** CPU seconds that this process took. */
  readonly cpuSeconds: number;
}

const { host, port, connections, load, perSecond } = JSON.parse(process.argv[2] ?? '{}') as LoadJob;
const latencies = new Float64Array(load.count);
const unexpected: Record<string, { count: number; first: string }> = {};
let next = 0;

const clients = await Promise.all(Array.from({ length: connections }, () => Connection.open(host, port)));
const startedAt = Date.now();
const began = performance.now();
await Promise.all(
  clients.map(
    (client) =>
      new Promise<void>((resolve, reject) => {
        const turn = async (): Promise<void> => {
          if (next >= load.count) {
            resolve();
            return;
          }
          const index = next++;
          const due = perSecond === undefined ? 0 : began + (index * 1000) / perSecond - performance.now();
          if (due > 0) await pause(due);
          const sent = performance.now();
          client.send(
            requestOf(load, index),
            (status, body) => {
              latencies[index] = performance.now() - sent;
              if (status < 200 || status >= 300) {
                const known = (unexpected[status] ??= { count: 0, first: body.toString('utf8', 0, 300) });
                known.count += 1;
              }
              void turn();
            },
            reject,
          );
        };
        void turn();
      }),
  ),
);
const seconds = (performance.now() - began) / 1000;
for (const client of clients) client.close();
latencies.sort();
const quantile = (q: number): number =>
  latencies[Math.min(load.count - 1, Math.ceil(q * load.count) - 1)] ?? Number.NaN;
const cpu = process.cpuUsage();
const result: LoadResult = {
  requests: load.count,
  seconds,
  startedAt,
  endedAt: Date.now(),
  p50: quantile(0.5),
  p99: quantile(0.99),
  max: quantile(1),
  unexpected,
  cpuSeconds: (cpu.user + cpu.system) / 1e6,
};
process.stdout.write(JSON.stringify(result));
