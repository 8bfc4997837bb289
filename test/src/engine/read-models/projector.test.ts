import t, { type Test } from 'tap';
import { randomUUID } from 'node:crypto';
import { open, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { openSqliteEventStore, type SqliteEventStore } from '#src/engine/event-store/index.js';
import {
  AsOfReadModels,
  openReadModels,
  startProjector,
  type ModelsPlace,
  type Projector,
} from '#src/engine/read-models/index.js';
import { openSqliteStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { Sqlite } from '#src/engine/sqlite.js';
import { FOLDS } from '#src/process/index.js';
import { eventually } from '../../../fixtures/eventually.js';
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

async function start(directory: string, place?: ModelsPlace): Promise<Running> {
  const store = await openSqliteEventStore({ directory });
  const projector = startProjector({
    entry: FOLDS.projector,
    eventStoreHandle: store.handle(),
    directory,
    ...(place && { place }),
  });
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

/** A thread that repeats its first attempt: it opens the models, and fails before they advance. */
const FAILING = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    const caughtUp = (position) => ({
      kind: 'progress', changed: 'any', watched: false, lagMs: 0,
      progress: { position, created: 0, caughtUp: true, parked: {}, building: {} },
    });
    parentPort.postMessage(caughtUp(1n));
    parentPort.on('message', ({ kind }) => {
      if (kind === 'close') return parentPort.close();
      if (kind === 'damaged') return parentPort.postMessage(caughtUp(2n));
      parentPort.postMessage({ kind: 'waiting', problem: 'no disk' });
      parentPort.postMessage({ kind: 'opened' });
      parentPort.postMessage({ kind: 'alive' });
    });`)}`,
);

void t.test(
  'reports the reason for waiting until the models advance, not only until they are open',
  async (t) => {
    const store = await openSqliteEventStore({ directory: t.testdir() });
    const projector = startProjector({
      entry: FAILING,
      eventStoreHandle: store.handle(),
      directory: t.testdirName,
    });
    t.teardown(async () => {
      await projector.close();
      await store.close();
    });
    await projector.ready;
    t.match(projector.status, { position: 1n, waitsFor: undefined });
    await projector.ask();
    t.match(projector.status, { position: 1n, waitsFor: 'no disk' });
    projector.damaged();
    t.ok(await projector.waitFor(2n, 60_000));
    t.match(projector.status, { position: 2n, waitsFor: undefined });
  },
);

void t.test('the next GET shows a command once the projector has reported its position', async (t) => {
  const { now } = await running(t);
  await now.projector.ready;
  const position = await append(now.store, [submitted('j'), placed(at('a', 'j')), started(at('a', 'j'))]);
  t.ok(await now.models.waitFor(position, 60_000));
  t.ok(now.models.position() >= position);
  t.match(JSON.parse((await now.models.get('jobs', 'j'))!.json), { status: 'running' });
  t.notOk(
    await now.models.waitFor(position + 1000n, 10),
    'a wait for a position that is not reached ends at its timeout',
  );
  await eventually(() => now.projector.status.caughtUp);
  t.match(now.projector.status, { parked: { jobs: 0 }, problem: undefined });
});

void t.test('closes at once if its thread has already ended', async (t) => {
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

void t.test('returns the same documents after the file was deleted', async (t) => {
  const { directory, now, again } = await running(t);
  await append(now.store, [
    submitted('j'),
    updated('j', specification(group('web', 2))),
    placed(at('a', 'j'), 1),
    started(at('a', 'j')),
  ]);
  await now.projector.ready;
  await now.models.waitFor((await now.store.head())!, 60_000);
  const before = await contents(now.models);
  await now.stop();
  for (const suffix of ['', '-wal', '-shm']) await rm(join(directory, FILE + suffix), { force: true });
  const next = await again();
  await next.projector.ready;
  t.strictSame(await contents(next.models), before);
});

void t.test('rebuilds a damaged file', async (t) => {
  const { directory, now, again } = await running(t);
  await append(
    now.store,
    Array.from({ length: 100 }, (_, n) => submitted(`j${n}`)),
  );
  await now.projector.ready;
  await now.models.waitFor((await now.store.head())!, 60_000);
  const before = await contents(now.models);
  await now.stop();
  const file = await open(join(directory, FILE), 'r+');
  const { size } = await file.stat();
  for (let offset = 20_000; offset + 5000 < size; offset += 16_384)
    await file.write(Buffer.alloc(5000, 7), 0, 5000, offset);
  await file.close();
  const second = await again();
  await second.projector.ready;
  t.strictSame(await contents(second.models), before, 'the models are rebuilt after pages were overwritten');
  await second.stop();
  await truncate(join(directory, FILE), 10_000);
  const third = await again();
  await third.projector.ready;
  t.strictSame(await contents(third.models), before, 'the models are rebuilt after the file was truncated');
});

void t.test('rebuilds a file that a reader found damaged', async (t) => {
  const { now } = await running(t);
  await append(
    now.store,
    Array.from({ length: 300 }, (_, n) => submitted(`j${n}`)),
  );
  await now.projector.ready;
  await now.models.waitFor((await now.store.head())!, 60_000);
  const expected = await expectedContents(now.store);
  now.projector.damaged();
  const position = await append(now.store, [submitted('last')]);
  t.ok(await now.models.waitFor(position, 60_000));
  t.strictSame((await contents(now.models)).jobs?.length, expected.jobs!.length + 1);
  t.strictSame(await contents(now.models), await expectedContents(now.store));
});

void t.test('accepts rebuild requests from this process or through the file', async (t) => {
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

void t.test('stops at an unknown event, reports it, and keeps serving', async (t) => {
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
});

void t.test('waits for a file that another process holds locked', async (t) => {
  const { directory, now } = await running(t);
  await now.projector.ready;
  let stopped = false;
  void now.projector.stopped.then(() => (stopped = true));
  const holder = new Sqlite(join(directory, FILE));
  t.teardown(() => holder.close());
  holder.exec('BEGIN IMMEDIATE');
  const position = await append(now.store, [submitted('j')]);
  t.notOk(
    await now.models.waitFor(position, 6_500),
    'the file stays locked for longer than SQLite itself waits',
  );
  t.notOk(stopped);
  holder.exec('COMMIT');
  t.ok(await now.models.waitFor(position, 60_000));
  t.match(now.projector.status, { problem: undefined });
});

void t.test('deletes old history while it runs', async (t) => {
  const directory = t.testdir();
  // `historyDays` is about one second.
  const { store, projector, stop } = await start(directory, {
    kind: 'sqlite',
    directory,
    history: true,
    historyDays: 1e-5,
  });
  const history = new AsOfReadModels({
    ...FOLDS,
    directory,
    store,
  });
  t.teardown(async () => {
    history.close();
    await stop();
  });
  await projector.ready;
  const position = await append(store, [submitted('j'), updated('j')]);
  t.equal(await projector.waitFor(position, 60_000), true);
  await eventually(() => history.keptFrom()?.position === position, { what: 'the pruned history' });
  t.match(await history.at(position).get('jobs', 'j'), { id: 'j' });
});
