import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
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

const EVERY_SECOND = { executor: 'shell', command: 'true', schedule: '* * * * * *', concurrency: 'allow' };

interface Readiness {
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail?: string }[];
}

const zoneCheck = async (server: Server) =>
  (await server.api.get<Readiness>('/readyz?verbose')).body.checks.find(({ name }) => name === 'zone-data');

/** Records other data, as a server of another release does. */
async function usedByOther(
  directory: string,
  version: string,
  expected: number | 'no_stream',
): Promise<void> {
  const store = await openSqliteEventStore({ directory });
  await store.append({
    stream: 'cluster',
    expected,
    events: [
      {
        id: randomUUID(),
        type: 'ZoneDataChanged',
        data: JSON.stringify({ version, ...(expected === 0 && { before: ZONE_DATA_VERSION }) }),
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

    await usedByOther(dataDir, '2999a', 0);
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

void t.test('the change to newer zone data names the tasks that it moves', async (t) => {
  const dataDir = join(ownFolder(t), 'server');
  const wiring = await embeddedWiring(t, dataDir);
  const server = await startServer(t, { dataDir, wiring, env: { MUSTER_ADMIN_PASSWORD: 'password123' } });
  let root = await TaskAccount.logIn(server.api, 'admin', 'password123');
  const noon = { executor: 'shell', command: 'true', schedule: '0 12 * * *' };
  const moved = await root.create({ ...noon, name: 'moved', timezone: 'Africa/Casablanca' });
  await root.create({ ...noon, name: 'same', timezone: 'Europe/Paris' });
  const paused = await root.create({ ...noon, name: 'paused', timezone: 'Africa/Casablanca' });
  t.match(await root.call('put', `/api/tasks/${paused.id}`, { status: 'paused' }), { status: 200 });
  await server.stop();

  // What the server of the release before left.
  await usedByOther(dataDir, '2025c', 'no_stream');
  const stored = join(dataDir, 'zone-data.json');
  writeFileSync(stored, JSON.stringify({ version: '2025c', zones: { '60|0|': 'Africa/Casablanca' } }));
  await server.start();
  root = await TaskAccount.logIn(server.api, 'admin', 'password123');
  const berlin = await root.create({ ...EVERY_SECOND, name: 'berlin', timezone: 'Europe/Berlin' });
  await eventually(async () => (await root.schedule(berlin.id)).past.length > 0, { what: 'a slot' });

  const env = { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: root.token };
  const recorded = await muster(['events', '--type', 'ZoneDataChanged', '--last', '1', '-o', 'json'], env);
  const { data } = JSON.parse(recorded.stdout) as { data: { moved: { tasks: object[] } } };
  t.match(data, { version: ZONE_DATA_VERSION, before: '2025c', moved: { count: 1 } });
  const [first] = data.moved.tasks as { taskId: number; before: number; at: number }[];
  t.equal(first?.taskId, moved.id);
  t.strictSame(
    [new Date(first?.before ?? 0).getUTCHours(), new Date(first?.at ?? 0).getUTCHours()],
    [11, 12],
  );
  const shown = await muster(['events', '--type', 'ZoneDataChanged', '--last', '1'], env);
  t.match(
    shown.stdout,
    new RegExp(`instead of 2025c, which moves 1 task: ${moved.id} \\(.*T11:00.* becomes .*T12:00`),
  );
  t.match(JSON.parse(readFileSync(stored, 'utf8')), { version: ZONE_DATA_VERSION });
});
