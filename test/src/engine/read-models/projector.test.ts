import t, { type Test } from 'tap';
import { randomUUID } from 'node:crypto';
import { open, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { systemClock } from '#agents/clock/system-clock.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { openSqliteEventStore, type SqliteEventStore } from '#src/engine/event-store/index.js';
import { openReadModels, startProjector, type Projector } from '#src/engine/read-models/index.js';
import { openSqliteStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { Sqlite } from '#src/engine/sqlite.js';
import { FOLDS } from '#src/server/index.js';
import { append, contents, expectedContents } from '../../../contract/read-models/fixture.js';
import {
  group,
  place as at,
  placed,
  specification,
  started,
  submitted,
  updated,
} from '../../../projections/events.js';

interface Running {
  readonly store: SqliteEventStore;
  readonly projector: Projector;
  readonly models: ReadModels;
  stop(): Promise<void>;
}

async function start(directory: string): Promise<Running> {
  const store = await openSqliteEventStore({ directory });
  const projector = startProjector({ entry: FOLDS.projector, eventStoreHandle: store.handle(), directory });
  const models = openReadModels({ projections: FOLDS.projections, directory, clock: systemClock, projector });
  const stop = async (): Promise<void> => {
    await projector.close();
    await models.close();
    await store.close();
  };
  return { store, projector, models, stop };
}

/** A server's read side in a data directory of the test's own. */
async function running(t: Test): Promise<{ directory: string; now: Running; again: () => Promise<Running> }> {
  const directory = t.testdir();
  let now = await start(directory);
  t.teardown(() => now.stop());
  const again = async (): Promise<Running> => {
    now = await start(directory);
    return now;
  };
  return { directory, now, again };
}

const FILE = 'read-models.db';

void t.test('a GET after a command sees it, once the projector says that it is there', async (t) => {
  const { now } = await running(t);
  await now.projector.ready;
  const position = await append(now.store, [submitted('j'), placed(at('a', 'j')), started(at('a', 'j'))]);
  t.ok(await now.models.waitFor(position, 5000));
  t.ok(now.models.position() >= position);
  t.match(JSON.parse((await now.models.get('jobs', 'j'))!.json), { status: 'running' });
  t.notOk(
    await now.models.waitFor(position + 1000n, 10),
    'what never comes is waited for no longer than asked',
  );
  t.match(now.projector.status, { caughtUp: true, parked: { jobs: 0 }, problem: undefined });
});

void t.test('a projector whose thread has ended is closed again at once', async (t) => {
  const { now } = await running(t);
  await now.projector.ready;
  await now.projector.close();
  t.equal(
    await Promise.race([
      now.projector.close().then(() => 'closed'),
      setTimeout(10_000, 'waits', { ref: false }),
    ]),
    'closed',
  );
});

void t.test('with the file deleted, every read answers as before', async (t) => {
  const { directory, now, again } = await running(t);
  await append(now.store, [
    submitted('j'),
    updated('j', specification(group('web', 2))),
    placed(at('a', 'j'), 1),
    started(at('a', 'j')),
  ]);
  await now.projector.ready;
  await now.models.waitFor((await now.store.head())!, 5000);
  const before = await contents(now.models);
  await now.stop();
  for (const suffix of ['', '-wal', '-shm']) await rm(join(directory, FILE + suffix), { force: true });
  const next = await again();
  await next.projector.ready;
  t.strictSame(await contents(next.models), before);
});

void t.test('a damaged file is thrown away and built anew', async (t) => {
  const { directory, now, again } = await running(t);
  await append(
    now.store,
    Array.from({ length: 100 }, (_, n) => submitted(`j${n}`)),
  );
  await now.projector.ready;
  await now.models.waitFor((await now.store.head())!, 5000);
  const before = await contents(now.models);
  await now.stop();
  const file = await open(join(directory, FILE), 'r+');
  const { size } = await file.stat();
  for (let offset = 20_000; offset + 5000 < size; offset += 16_384)
    await file.write(Buffer.alloc(5000, 7), 0, 5000, offset);
  await file.close();
  const second = await again();
  await second.projector.ready;
  t.strictSame(await contents(second.models), before, 'pages overwritten');
  await second.stop();
  await truncate(join(directory, FILE), 10_000);
  const third = await again();
  await third.projector.ready;
  t.strictSame(await contents(third.models), before, 'cut short');
});

void t.test('when a reader finds the file damaged, it is thrown away and built anew', async (t) => {
  const { now } = await running(t);
  await append(
    now.store,
    Array.from({ length: 300 }, (_, n) => submitted(`j${n}`)),
  );
  await now.projector.ready;
  await now.models.waitFor((await now.store.head())!, 5000);
  const expected = await expectedContents(now.store);
  now.projector.damaged();
  const position = await append(now.store, [submitted('last')]);
  t.ok(await now.models.waitFor(position, 10_000));
  t.strictSame((await contents(now.models)).jobs?.length, expected.jobs!.length + 1);
  t.strictSame(await contents(now.models), await expectedContents(now.store));
});

void t.test('a rebuild is asked for by name, from here or through the file', async (t) => {
  const { directory, now } = await running(t);
  await append(now.store, [submitted('j'), submitted('k')]);
  await now.projector.ready;
  await now.projector.rebuild('jobs');
  await t.rejects(now.projector.rebuild('nothing'), { code: 'MUSTER_E_READ_MODEL_UNKNOWN' });
  const storage = openSqliteStorage(directory);
  t.teardown(() => storage.close());
  const generation = async (): Promise<number | undefined> =>
    (await storage.generations()).find((each) => each.model === 'nodes' && each.live)?.generation;
  const before = await generation();
  await storage.request('nodes');
  while ((await storage.requests()).length > 0) await systemClock.sleep(10);
  t.not(await generation(), before);
  t.strictSame(await contents(now.models), await expectedContents(now.store));
});

void t.test(
  'an event that is not known stops the projector, which says so and goes on serving what it has',
  async (t) => {
    const { now } = await running(t);
    await append(now.store, [submitted('j')]);
    await now.projector.ready;
    const event = {
      id: randomUUID(),
      type: 'FromTheFuture',
      data: '{}',
      metadata: '{"$correlationId":"","$causationId":"","at":1,"v":2}',
    };
    await now.store.append({ stream: 'job-future', expected: 'no_stream', events: [event] });
    const problem = await now.projector.stopped;
    t.match(problem, { code: 'MUSTER_E_EVENT_UNKNOWN', fields: { type: 'FromTheFuture', version: 2 } });
    t.match(now.projector.status, { caughtUp: false, problem: { code: 'MUSTER_E_EVENT_UNKNOWN' } });
    t.ok(await now.models.get('jobs', 'j'));
  },
);

void t.test('a file that somebody else holds locked is waited for', { timeout: 120_000 }, async (t) => {
  const { directory, now } = await running(t);
  await now.projector.ready;
  let stopped = false;
  void now.projector.stopped.then(() => (stopped = true));
  const holder = new Sqlite(join(directory, FILE));
  t.teardown(() => holder.close());
  holder.exec('BEGIN IMMEDIATE');
  const position = await append(now.store, [submitted('j')]);
  t.notOk(await now.models.waitFor(position, 6_500), 'longer than SQLite itself waits');
  t.notOk(stopped);
  holder.exec('COMMIT');
  t.ok(await now.models.waitFor(position, 60_000));
  t.match(now.projector.status, { problem: undefined });
});
