import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Sqlite } from '#src/engine/sqlite.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { FOLDS } from '#src/process/read-side/folds.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { openSqliteStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { READ_MODELS_FILE } from '#src/engine/read-models/sqlite/schema.js';
import { SqliteStorage } from '#src/engine/read-models/sqlite/sqlite-storage.js';
import { ownFolder } from '../../../../fixtures/folder.js';
import { required } from '../../../../fixtures/requirement.js';
import { createMemoryEventStore } from '../../../../fixtures/memory-event-store.js';
import { append } from '../../../../contract/read-models/fixture.js';
import { until } from '../../../../contract/read-models/folding.js';
import { submitted } from '../../../../projections/events.js';

void t.test('waits while the disk is full, and continues once there is space', async (t) => {
  const store = createMemoryEventStore();
  const db = new Sqlite(':memory:');
  const storage = new SqliteStorage(db);
  const stop = new AbortController();
  let waits = 0;
  const clock = {
    sleep: (ms: number, signal?: Parameters<typeof systemClock.sleep>[1]) => {
      waits += 1;
      return systemClock.sleep(Math.min(ms, 5), signal);
    },
  };
  const engine = new ReadModelEngine({
    ...FOLDS,
    store,
    storage,
    clock,
  });
  const run = engine.run(stop.signal);
  await until(() => engine.progress.caughtUp, run);
  db.pragma(`max_page_count = ${String(db.pragma('page_count', { simple: true }))}`);
  const position = await append(
    store,
    Array.from({ length: 100 }, (_, n) => submitted(`j${n}`)),
  );
  await until(() => waits > 2, run);
  t.ok(engine.progress.position < position);
  db.pragma('max_page_count = 1000000');
  await until(() => engine.progress.position === position, run);
  stop.abort();
  await run;
  const live = (await storage.generations()).find((each) => each.model === 'jobs')!;
  t.equal((await storage.scan(live.generation, 0, 1000)).length, 100);
  await storage.close();
});

void t.test('reuses the space of the write-ahead log on a full disk', async (t) => {
  const disk = join(ownFolder(t), 'disk');
  mkdirSync(disk);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'none', disk]).status === 0;
  if (!required(t, mounted, 'the right to mount a tmpfs')) return;
  t.teardown(() => void spawnSync('umount', ['-l', disk]));
  const storage = openSqliteStorage(disk);
  const { generation } = await storage.create('m', 1, []);
  let expected: bigint | undefined;
  const write = async (): Promise<void> => {
    const applied = (expected ?? 0n) + 1n;
    const checkpoint = { storeId: 's', position: applied, eventId: 'e', previous: undefined };
    const row = {
      id: 'a',
      sequence: 1,
      created: 1n,
      applied,
      json: JSON.stringify(String(applied % 10n).repeat(100_000)),
      parked: false,
      fresh: applied === 1n,
      indexes: [],
      indexed: undefined,
    };
    const nothing = { clearedAt: undefined, removed: [], parked: [], unparked: [] };
    await storage.commit([
      { generation, model: 'm', expected, checkpoint, sequence: 1, rows: [row], ...nothing },
    ]);
    expected = applied;
  };
  await write();
  await write();
  storage.checkpoint();
  for (let n = 2; n < 300; n += 1) await write();
  t.equal(expected, 300n, '30 MB of changes fit on a disk of 6 MB');
  t.ok(statSync(join(disk, READ_MODELS_FILE)).size < 1e6, 'the stored data is small');
  await storage.close();
});
