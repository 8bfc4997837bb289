import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import t from 'tap';
import { ZONE_DATA_VERSION } from '#domain/tasks/schedule/index.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { muster } from '../fixtures/program.js';
import { startServer, type Server } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';
import { embeddedWiring } from '../fixtures/wiring/embedded.js';

t.setTimeout(300_000);

const EVERY_SECOND = { executor: 'shell', command: 'true', schedule: '* * * * * *', concurrency: 'allow' };

interface Readiness {
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail?: string }[];
}

const zoneCheck = async (server: Server) =>
  (await server.api.get<Readiness>('/readyz?verbose')).body.checks.find(({ name }) => name === 'zone-data');

/** Records newer data, as a server of a later release does. */
async function usedByNewer(directory: string, version: string): Promise<void> {
  const store = await openSqliteEventStore({ directory });
  await store.append({
    stream: 'cluster',
    expected: 0,
    events: [
      {
        id: randomUUID(),
        type: 'ZoneDataChanged',
        data: JSON.stringify({ version, before: ZONE_DATA_VERSION }),
        metadata: JSON.stringify({ $correlationId: 'c', $causationId: 'c', at: 1, v: 1 }),
      },
    ],
  });
  await store.close();
}

void t.test(
  'a server with older zone data decides no slots of zones until an operator says so',
  async (t) => {
    const dataDir = join(ownFolder(t), 'server');
    const wiring = await embeddedWiring(t, dataDir);
    const server = await startServer(t, { dataDir, wiring, env: { MUSTER_ADMIN_PASSWORD: 'password123' } });
    let root = await TaskAccount.logIn(server.api, 'admin', 'password123');
    const utc = await root.create({ ...EVERY_SECOND, name: 'utc' });
    t.match(await zoneCheck(server), { ok: true, detail: ZONE_DATA_VERSION });
    const berlin = await root.create({ ...EVERY_SECOND, name: 'berlin', timezone: 'Europe/Berlin' });
    const newest = async (id: number) => (await root.schedule(id)).past[0]?.slot;
    const goesOn = async (id: number): Promise<void> => {
      const before = await newest(id);
      await eventually(async () => (await newest(id)) !== before);
    };
    await goesOn(berlin.id);
    await server.stop();

    await usedByNewer(dataDir, '2999a');
    await server.start();
    root = await TaskAccount.logIn(server.api, 'admin', 'password123');
    const stopped = await newest(berlin.id);
    await goesOn(utc.id);
    await goesOn(utc.id);
    t.equal(await newest(berlin.id), stopped);
    t.match(await zoneCheck(server), {
      ok: false,
      detail: new RegExp(`this server has ${ZONE_DATA_VERSION}, the fleet decides schedules with 2999a`),
    });
    t.match(
      (await server.api.get('/metrics')).text,
      `muster_zone_data_info{version="${ZONE_DATA_VERSION}"} 1`,
    );
    await server.stop();

    const used = await muster(['cluster', 'use-zone-data', '-o', 'json'], { MUSTER_DATA_DIR: dataDir });
    t.same(JSON.parse(used.stdout), { version: ZONE_DATA_VERSION });
    await server.start();
    root = await TaskAccount.logIn(server.api, 'admin', 'password123');
    await goesOn(berlin.id);
    const { text } = await server.api.get('/audit/events?type=ZoneDataChanged');
    const events = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    t.match(events, [
      { data: { version: ZONE_DATA_VERSION } },
      { data: { version: '2999a' } },
      { data: { version: ZONE_DATA_VERSION, before: '2999a' } },
    ]);
  },
);
