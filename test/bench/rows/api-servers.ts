import { join } from 'node:path';
import { ownFolder } from '../../fixtures/folder.js';
import { OwnScope, type Scope } from '../../fixtures/scope.js';
import { startServer, type Server } from '../../fixtures/server.js';
import { productionMissing, productionWiring } from '../../fixtures/wiring/production.js';
import type { Wiring } from '../../fixtures/wiring/wiring.js';
import { quiet } from '../fleet.js';
import { makeLoad } from '../load/index.js';
import { cpuSeconds, processorTime, shareOfEach } from '../processor-time.js';
import { number, type Figure, type Row } from '../row.js';

const CONNECTIONS = 64;
const NODES = 100;
const OTHER_ROLES = ['projector', 'scheduler', 'dispatcher', 'liveness'];

/** What one to three servers with the role `api` bring. Everything shares the machine's cores, so processor time says more than the rate. */
export const apiServers: Row = {
  name: 'api-servers',
  what: 'commands over HTTP to three servers with the role api, one more for each other role, 64 clients',
  sense: 'least',
  bar: 1,
  quickBar: 1,
  unit: 'a second',
  wirings: ['production'],
  missing: productionMissing,
  async measure({ quick }) {
    const notes: string[] = [];
    const rates: number[] = [];
    for (const count of [0, 1, 2, 3]) {
      const { rate, note } = await measured(count, quick ? 100 : 6_000);
      rates.push(rate);
      notes.push(`${count === 0 ? 'one server with all roles' : `${count} with the role api`}: ${note}`);
    }
    return { runs: [rates.at(-1) ?? Number.NaN], notes } satisfies Figure;
  },
};

/** `count`: servers with the role `api`. 0: one server with all roles. */
async function measured(count: number, commands: number): Promise<{ rate: number; note: string }> {
  const scope = new OwnScope();
  try {
    const folder = ownFolder(scope);
    const wiring = await productionWiring(scope, join(folder, 'parts'));
    const start = async (name: string, roles: string): Promise<Server> =>
      await started(scope, { dataDir: join(folder, name), wiring, roles });
    const others: Server[] = [];
    if (count > 0) for (const role of OTHER_ROLES) others.push(await start(role, role));
    const doors: Server[] = [];
    for (let each = 0; each < Math.max(1, count); each += 1)
      doors.push(await start(`api-${each}`, count === 0 ? ['api', ...OTHER_ROLES].join() : 'api'));
    await makeLoad({
      host: '127.0.0.1',
      port: doors[0]!.port,
      connections: CONNECTIONS,
      load: { kind: 'register', count: NODES, resources: { cpu: 100_000, memory: 1_000_000 } },
    });
    await submit(doors, commands / 2, 'warm');
    await quiet(doors[0]!, 300_000);
    const before = processorTime();
    const used = [...doors, ...others].map(({ pid }) => cpuSeconds(pid));
    const [seconds, p99] = await submit(doors, commands, 'job');
    await quiet(doors[0]!, 300_000);
    const micros = [...doors, ...others].map(({ pid }, index) =>
      Math.round(((cpuSeconds(pid) - used[index]!) * 1e6) / commands),
    );
    const ofDoors = micros.slice(0, doors.length);
    const ofOthers = others.map(
      (_, index) => `${micros[doors.length + index]} µs with ${OTHER_ROLES[index]}`,
    );
    const rate = commands / seconds;
    const note =
      `${number(rate)} commands a second, p99 ${number(p99)} ms; processor time a command ${shareOfEach(before, processorTime(), commands)}; ` +
      `of the servers: ${[`${ofDoors.join(' + ')} µs${count === 0 ? '' : ' with api'}`, ...ofOthers].join(', ')}`;
    return { rate, note };
  } finally {
    await scope.end();
  }
}

/** Submits jobs to all servers at once, and returns how long that took, in seconds, and the p99 of the slowest server, in milliseconds. */
async function submit(doors: readonly Server[], count: number, prefix: string): Promise<[number, number]> {
  const began = performance.now();
  const results = await Promise.all(
    doors.map(({ port }, door) =>
      makeLoad({
        host: '127.0.0.1',
        port,
        connections: Math.floor(CONNECTIONS / doors.length),
        load: {
          kind: 'submit',
          count: Math.floor(count / doors.length),
          allocations: 1,
          prefix: `${prefix}-${door}-`,
          constrained: false,
        },
      }),
    ),
  );
  return [(performance.now() - began) / 1000, Math.max(...results.map(({ p99 }) => p99))];
}

async function started(
  scope: Scope,
  { dataDir, wiring, roles }: { readonly dataDir: string; readonly wiring: Wiring; readonly roles: string },
): Promise<Server> {
  const env = { MUSTER_ROLES: roles, MUSTER_NODE_TIMEOUT_SECONDS: '86400', MUSTER_LOG_LEVEL: 'warn' };
  return await startServer(scope, { dataDir, wiring, env });
}
