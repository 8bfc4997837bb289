import { randomBytes, randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import t, { type Test } from 'tap';
import { EVENT_CATALOG } from '#domain/all-events.js';
import { jobs } from '#domain/jobs/job/aggregate.js';
import { isOwnStream } from '#test/fixtures/muster-events.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { uncausedContext } from '#domain/kernel/ports/command-executor.js';
import { backUp } from '#src/features/backup/backup.js';
import { beginEpoch } from '#src/features/backup/begin-epoch.js';
import { restore } from '#src/features/backup/restore.js';
import { openCommandExecutor } from '#src/engine/commands/command-executor.js';
import { lockDataDirectory, openSqliteEventStore } from '#src/engine/event-store/index.js';
import { Lease } from '#src/engine/lease.js';
import { createSchema } from '#src/engine/read-models/sqlite/create-schema.js';
import { Sqlite } from '#src/engine/sqlite.js';
import { TileStore, TransparencyFollower } from '#src/features/transparency/index.js';
import type { EventLog } from '#src/process/event-log/event-log.js';
import { startEventLog } from '#src/process/event-log/start-event-log.js';
import { openSeenLog } from '#src/process/event-log/seen-log.js';
import { createLog } from '#src/process/output/log.js';
import { ServerHost } from '#src/process/host/server-host.js';
import { newEvent } from '../../../contract/event-store/fixture.js';
import { eventually } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import { connectEventStore } from '#src/stores/connect.js';

type Store = Awaited<ReturnType<typeof openSqliteEventStore>>;

const seed = randomBytes(32);
const OWN = 'job-a';
const FOREIGN = 'orders-1';
const specification = {
  task_groups: [{ name: 'web', tasks: [{ name: 'serve', driver: 'exec', config: { command: 'true' } }] }],
};

/** A data directory with what a server keeps in it: the log, what was read of it, a checkpoint of the read models, and the tree. */
class Installation {
  readonly directory: string;
  readonly #copies: string;

  constructor(t: Test) {
    const folder = ownFolder(t);
    this.directory = join(folder, 'data');
    this.#copies = join(folder, 'copies');
  }

  async use<Result>(work: (store: Store) => Promise<Result>): Promise<Result> {
    const store = await openSqliteEventStore({ directory: this.directory });
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  }

  /** Appends one event to each of the streams, and returns the last one. */
  async write(...streams: readonly string[]): Promise<RecordedEvent> {
    return await this.use(async (store) => {
      for (const stream of streams) {
        let expected: number | 'no_stream' = 'no_stream';
        for await (const [newest] of store.readStream(stream, { direction: 'backwards', limit: 1 }))
          expected = newest!.revision;
        await store.append({ stream, expected, events: [newEvent()] });
      }
      for await (const [newest] of store.readAll({ direction: 'backwards', limit: 1 })) return newest!;
      throw new Error('the log is empty');
    });
  }

  async beginEpoch(): Promise<void> {
    await this.use(async (store) => await beginEpoch(store, systemClock, 'restored'));
  }

  /** Lets the read models end with this event. */
  async fold({ position, id }: RecordedEvent): Promise<void> {
    const storeId = await this.use((store) => Promise.resolve(store.id));
    const db = new Sqlite(join(this.directory, 'read-models.db'));
    createSchema(db);
    db.exec('DELETE FROM generations');
    db.prepare(
      "INSERT INTO generations (model, version, live, indexes, store_id, position, event_id) VALUES ('jobs', 1, 1, '[]', ?, ?, ?)",
    ).run(storeId, position, id);
    db.close();
  }

  /** Adds everything to the tree, or builds it again from a log that lacks some of it. */
  async grow(): Promise<void> {
    const { directory } = this;
    const clock = new TestClock();
    await this.use(async (store) => {
      const tiles = TileStore.open(directory, store.id, clock);
      const follower = new TransparencyFollower({ store, tiles, directory, isOwnStream, clock, seed });
      for (let at = 0; at < 3; at += 1) {
        await follower.step();
        await clock.advance(10_000);
      }
      tiles.close();
    });
  }

  keep(name: string, file = 'events.db'): void {
    cpSync(join(this.directory, file), join(this.#copies, name));
  }

  putBack(name: string, file = 'events.db'): void {
    for (const side of ['-wal', '-shm']) rmSync(join(this.directory, `${file}${side}`), { force: true });
    cpSync(join(this.#copies, name), join(this.directory, file));
  }

  replaceWith({ directory }: Installation): void {
    mkdirSync(this.directory, { recursive: true });
    for (const side of ['-wal', '-shm']) rmSync(join(this.directory, `events.db${side}`), { force: true });
    cpSync(join(directory, 'events.db'), join(this.directory, 'events.db'));
  }

  alter(sql: string, ...values: readonly (bigint | string)[]): void {
    const db = new Sqlite(join(this.directory, 'events.db'));
    db.prepare(sql).run(...values);
    db.close();
  }

  /** Starts what a server starts, and stops it. Returns whether the log was accepted. */
  async start(
    work: (events: EventLog) => Promise<void> = () => Promise.resolve(),
  ): Promise<'complete' | 'accepted' | 'reads only'> {
    const host = new ServerHost(this.directory, createLog({ logLevel: 'silent' }, 'test'));
    const lock = lockDataDirectory(this.directory);
    try {
      const events = await startEventLog(
        host,
        {
          eventStoreUrl: undefined,
          eventStoreAcceptOther: false,
          eventStoreListen: undefined,
          roles: ['api'],
        },
        EVENT_CATALOG,
        lock,
      );
      await work(events);
      if (events.loss !== undefined) return 'reads only';
      return events.accepted === undefined ? 'complete' : 'accepted';
    } finally {
      await host.close();
      lock.release();
    }
  }

  seen(): { readonly position: string; readonly event: string } {
    return JSON.parse(readFileSync(join(this.directory, 'log-seen.json'), 'utf8')) as {
      position: string;
      event: string;
    };
  }
}

void t.test('on a log that lacks events, no command is executed and no lease is taken', async (t) => {
  const at = new Installation(t);
  const older = await at.write(OWN);
  at.keep('older');
  await at.write(OWN);
  t.equal(await at.start(), 'complete');
  at.putBack('older');
  let tenures = 0;
  const outcome = await at.start(async (events) => {
    const executor = await openCommandExecutor({ store: events.store, clock: systemClock, writer: 'w' });
    const context = uncausedContext(randomUUID(), 'user:ann', 'cluster');
    await t.rejects(
      executor.execute(jobs, 'b', { kind: 'submit', jobId: 'b', evaluationId: 'e', specification }, context),
      { code: 'MUSTER_E_LOG_INCOMPLETE', status: 503, message: /which this data directory has read/ },
    );
    await executor.close();
    // As in the threads of the scheduler and the dispatcher.
    const store = await connectEventStore(events.handle());
    const stopping = new AbortController();
    const problems: unknown[] = [];
    const logger = pino({}, { write: (line) => problems.push((JSON.parse(line) as { code: string }).code) });
    const options = { store, clock: systemClock, ids: { uuid: randomUUID }, logger, termMs: 60 };
    const lease = new Lease({ ...options, name: 'scheduler', holder: 'h' });
    const running = lease.run(stopping.signal, async () => {
      tenures += 1;
    });
    await eventually(() => problems.length > 0);
    stopping.abort();
    await running;
    t.same(problems, ['lease.unreachable']);
    await store.close();
  });
  t.equal(outcome, 'reads only');
  t.equal(tenures, 0);
  t.equal(await at.use(async (store) => await store.head()), older.position, 'nothing was appended');
});

void t.test('an event of another program that the read models end with may be removed', async (t) => {
  const at = new Installation(t);
  await at.write(OWN, OWN);
  t.equal(await at.start(), 'complete');
  at.keep('before');
  const foreign = await at.write(FOREIGN);
  await at.fold(foreign);
  await at.write('orders-2');
  at.keep('right');
  at.alter('DELETE FROM events WHERE position = ?', foreign.position);
  t.equal(await at.start(), 'complete', 'a later event is in its place');
  at.putBack('right');
  at.alter('UPDATE events SET id = ? WHERE position = ?', randomUUID(), foreign.position);
  t.equal(await at.start(), 'reads only', 'another event is at its position');
  at.putBack('before');
  t.equal(await at.start(), 'reads only', 'the log ends before it');
  at.putBack('right');
  at.alter('DELETE FROM events WHERE position = ?', foreign.position);
  t.equal(await at.start(), 'complete', 'the right log was put back, and has been scavenged');
});

void t.test('an event of Muster that was read must not be removed', async (t) => {
  const at = new Installation(t);
  const own = await at.write(OWN, OWN);
  t.equal(await at.start(), 'complete');
  await at.write(FOREIGN);
  at.alter('DELETE FROM events WHERE position = ?', own.position);
  t.equal(await at.start(), 'reads only');
});

for (const [what, spoil] of [
  ['missing', (file: string) => rmSync(file)],
  ['empty', (file: string) => writeFileSync(file, '')],
  ['torn', (file: string) => writeFileSync(file, '{"log":"a')],
] as const)
  void t.test(`if log-seen.json is ${what}, an old epoch does not accept a loss`, async (t) => {
    const at = new Installation(t);
    await at.write(OWN);
    await at.beginEpoch();
    at.keep('older');
    await at.fold(await at.write(OWN, OWN));
    t.equal(await at.start(), 'complete');
    at.putBack('older');
    spoil(join(at.directory, 'log-seen.json'));
    for (const start of ['first', 'second']) t.equal(await at.start(), 'reads only', `${start} start`);
    await at.beginEpoch();
    t.equal(await at.start(), 'accepted');
    t.equal(await at.start(), 'complete');
  });

void t.test('a restore over a data directory that has read more is accepted', async (t) => {
  const at = new Installation(t);
  await at.write(OWN, OWN);
  const source = join(ownFolder(t), 'backup');
  await backUp({ directory: at.directory, target: source, clock: systemClock });
  await at.write(OWN, OWN, OWN, OWN);
  await at.grow();
  t.equal(await at.start(), 'complete');
  await restore({ source, directory: at.directory, force: true, clock: systemClock });
  t.equal(await at.start(), 'accepted');
  t.equal(await at.start(), 'complete');
});

for (const [what, ahead] of [
  ['read models', async (at: Installation, newest: RecordedEvent) => await at.fold(newest)],
  ['tree', async (at: Installation) => await at.grow()],
] as const)
  void t.test(`a loss is accepted once if the ${what} had read more than log-seen.json`, async (t) => {
    const at = new Installation(t);
    await at.write(OWN);
    at.keep('older');
    await at.write(OWN, OWN);
    t.equal(await at.start(), 'complete');
    at.keep('seen', 'log-seen.json');
    await ahead(at, await at.write(OWN, OWN, OWN, OWN));
    at.putBack('seen', 'log-seen.json');
    at.putBack('older');
    await at.beginEpoch();
    t.equal(await at.start(), 'accepted');
    t.equal(await at.start(), 'complete', 'although the read models and the tree are not built again yet');
  });

for (const readBefore of ['more', 'an accepted loss'])
  void t.test(
    `accepting another log forgets the positions of the former one, with ${readBefore}`,
    async (t) => {
      const at = new Installation(t);
      const former = new Installation(t);
      await former.write(...Array.from({ length: 20 }, () => OWN));
      at.replaceWith(former);
      t.equal(await at.start(), 'complete');
      if (readBefore === 'an accepted loss') {
        at.keep('former');
        await at.write(OWN);
        t.equal(await at.start(), 'complete');
        at.putBack('former');
        await at.beginEpoch();
        t.equal(await at.start(), 'accepted');
      }
      const other = new Installation(t);
      await other.write(OWN);
      await other.beginEpoch();
      at.replaceWith(other);
      t.equal(await at.start(), 'complete', 'its epoch says that an operator accepts it');
      at.keep('older');
      at.keep('seen', 'log-seen.json');
      await at.fold(await at.write(OWN, OWN));
      at.putBack('seen', 'log-seen.json');
      at.putBack('older');
      t.equal(await at.start(), 'reads only', 'what the read models have read is missing');
    },
  );

void t.test('the right log is served again after the tree was built from an older one', async (t) => {
  const at = new Installation(t);
  await at.write(OWN, OWN);
  t.equal(await at.start(), 'complete');
  at.keep('older');
  await at.write(OWN, OWN);
  await at.grow();
  at.keep('right');
  at.putBack('older');
  t.equal(await at.start(), 'reads only');
  await at.grow();
  t.equal(await at.start(), 'reads only', 'the loss stays known once the tree is built again');
  at.putBack('right');
  t.equal(await at.start(), 'complete');
  at.putBack('older');
  await at.write(OWN, OWN);
  t.equal(await at.start(), 'reads only', 'another event at that position is not the one that was read');
});

void t.test('what is remembered never goes back to an older event of the log', async (t) => {
  const at = new Installation(t);
  const older = await at.write(OWN);
  const newer = await at.write(OWN, OWN);
  t.equal(await at.start(), 'complete');
  t.match(at.seen(), { position: String(newer.position), event: newer.id });
  const follow = async (newest: RecordedEvent, expected: RecordedEvent): Promise<void> => {
    await at.use(async (store) => {
      const host = new ServerHost(at.directory, createLog({ logLevel: 'silent' }, 'test'));
      const events = {
        store,
        catalog: EVENT_CATALOG,
        loss: undefined,
        fatal: store.fatal,
        newestOwn: () => newest,
      };
      await openSeenLog(host, events as unknown as EventLog);
      await eventually(() => at.seen().event === expected.id);
      await host.close();
    });
    t.match(at.seen(), { position: String(expected.position), event: expected.id });
  };
  await follow(older, newer);
  const newest = await at.write(OWN);
  await follow(newest, newest);
});
