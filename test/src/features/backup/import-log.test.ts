import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import t, { type Test } from 'tap';
import { isOwnStream } from '#test/fixtures/muster-events.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { MAX_IMPORTED_BYTES, openSqliteEventStore } from '#src/engine/event-store/index.js';
import { encodePayload } from '#src/engine/event-store/payload.js';
import { exportLog } from '#src/features/backup/export-log.js';
import type { ExportLine } from '#src/features/backup/export-line.js';
import { importLog, type Imported } from '#src/features/backup/import-log.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import {
  fill,
  gather,
  newEvent,
  newEvents,
  refused,
  revisions,
} from '../../../contract/event-store/fixture.js';

async function exported(store: EventStore): Promise<string[]> {
  const lines: string[] = [];
  const write = (some: readonly ExportLine[]): Promise<void> => {
    lines.push(...some.map((line) => JSON.stringify(line)));
    return Promise.resolve();
  };
  await exportLog({ store, write });
  return lines;
}

async function imported(store: EventStore, lines: readonly string[], underWay = 1): Promise<Imported> {
  async function* each(): AsyncGenerator<string, void, undefined> {
    for (const line of lines) yield await Promise.resolve(line);
  }
  return await importLog({ store, isOwnStream, lines: each(), clock: systemClock, underWay });
}

/** The parts of an event that are the same in every store. */
function moved({ stream, revision, id, type, data, metadata }: RecordedEvent) {
  return { stream, revision, id, type, data, metadata };
}

/** Everything that was exported, without the event of the epoch that an import begins. */
async function contentOf(store: EventStore) {
  return (await gather(store.readAll())).filter(({ type }) => type !== 'LogEpochBegan').map(moved);
}

async function epochsOf(store: EventStore): Promise<number> {
  return (await gather(store.readAll())).filter(({ type }) => type === 'LogEpochBegan').length;
}

async function lived(): Promise<EventStore> {
  const store = createMemoryEventStore();
  for (let n = 0; n < 40; n += 1) {
    for (const name of ['a', 'b', 'c'])
      await store.append({
        stream: `job-${name}`,
        expected: n === 0 ? 'no_stream' : n - 1,
        events: newEvents(1),
      });
  }
  await fill(store, 'scheduler', 500);
  const odd = {
    id: randomUUID(),
    type: 'Odd',
    data: '{ "number": 12345678901234567890.00,\t"again": 1, "again": 2, "text": "作业 \\ud800 😀" }',
    metadata: '{"v":1 }',
  };
  await store.append({ stream: 'node-odd', expected: 'no_stream', events: [odd] });
  return store;
}

const targets: Record<string, (t: Test) => Promise<{ store: EventStore; underWay: number }>> = {
  memory: () => Promise.resolve({ store: createMemoryEventStore(), underWay: 1 }),
  SQLite: async (t) => {
    const store = await openSqliteEventStore({ directory: t.testdir() });
    t.teardown(() => store.close());
    return { store, underWay: 64 };
  },
};

for (const [name, open] of Object.entries(targets)) {
  void t.test(
    `a log that is moved into ${name} keeps its order, its revisions, its ids and every byte`,
    async (t) => {
      const source = await lived();
      const { store, underWay } = await open(t);
      const lines = await exported(source);
      t.match(await imported(store, lines, underWay), { events: 621, written: 621, streams: 5, cuts: 0 });
      t.strictSame(await contentOf(store), await contentOf(source));
      const again = await exported(store);
      t.strictSame(
        again.slice(1, lines.length - 1).map(withoutPlace),
        lines.slice(1, -1).map(withoutPlace),
        'a second export has the same content',
      );
      t.equal(again.length, lines.length + 1);
      t.match(
        JSON.parse(again.at(-2) ?? ''),
        { stream: 'cluster', type: 'LogEpochBegan', data: /"reason":"imported"/ },
        'the import starts a new epoch',
      );
    },
  );

  void t.test(`a log with large events of other programs is moved into ${name}`, async (t) => {
    const source = await lived();
    const foreign = async (stream: string, ...data: readonly string[]) =>
      await source.append({
        stream,
        expected: 'no_stream',
        events: data.map((each) => ({ id: randomUUID(), type: 'Report', data: each, metadata: '{}' })),
        imported: true,
      });
    const text = (bytes: number): string => JSON.stringify('x'.repeat(bytes - 2));
    await foreign('reports-1', text(300 * 1024), text(10), text(1024 * 1024));
    await foreign('reports-2', JSON.stringify('\u0001'.repeat(2_000_000)));
    await foreign(`reports-${'n'.repeat(2000)}`, text(10));
    await foreign('reports-3', encodePayload({ bytes: Buffer.alloc(32 * 1024 * 1024, 255), json: false }));
    await source.deleteStream('reports-1', 2);
    const lines = await exported(source);
    const { store, underWay } = await open(t);
    t.match(await imported(store, lines, underWay), { events: 627, written: 627, cuts: 1 });
    t.ok(isDeepStrictEqual(await contentOf(store), await contentOf(source)));
  });

  void t.test(`an event that is too large to be moved into ${name} is named`, async (t) => {
    const { store, underWay } = await open(t);
    const lines = await exported(await lived());
    const large = {
      stream: 'reports-1',
      revision: 0,
      id: randomUUID(),
      type: 'T',
      metadata: '',
      position: '1',
    };
    const event = JSON.stringify({ ...large, created: 1, data: 'x'.repeat(MAX_IMPORTED_BYTES) });
    const failure: unknown = await imported(
      store,
      [...lines.slice(0, -1), event, ...lines.slice(-1)],
      underWay,
    ).catch((error: unknown) => error);
    t.match(failure, {
      code: 'MUSTER_E_IMPORT_REFUSED',
      message: new RegExp(`revision 0 of stream reports-1 .*: .* ${MAX_IMPORTED_BYTES} bytes`),
    });
  });

  void t.test(
    `an interrupted import into ${name} continues with the same file, and writes nothing twice`,
    async (t) => {
      const source = await lived();
      const { store, underWay } = await open(t);
      const lines = await exported(source);
      for (const whole of [0, 1, 2, 57, 200, 600, lines.length - 1]) {
        await refused(t, imported(store, lines.slice(0, whole), underWay), 'MUSTER_E_EXPORT_INVALID');
        t.equal((await contentOf(store)).length, Math.max(0, whole - 1), 'the complete lines are imported');
      }
      t.equal(await epochsOf(store), 0, 'an incomplete import starts no epoch');
      t.match(await imported(store, lines, underWay), { events: 621, written: 0, epoch: /-/ });
      t.match(await imported(store, lines, underWay), { events: 621, written: 0, epoch: null });
      t.equal(await epochsOf(store), 1);
      t.strictSame(await contentOf(store), await contentOf(source));
    },
  );
}

void t.test('keeps truncated, reopened and deleted streams with all their events', async (t) => {
  const source = createMemoryEventStore();
  for (const stream of ['job-whole', 'job-truncated', 'job-deleted', 'job-dead', 'job-again'])
    await fill(source, stream, 10);
  await source.truncateBefore('job-truncated', 4);
  await source.deleteStream('job-deleted', 9);
  await source.tombstoneStream('job-dead', 9);
  await source.deleteStream('job-again', 9);
  await source.append({ stream: 'job-again', expected: 'no_stream', events: newEvents(2) });
  const lines = await exported(source);
  const target = createMemoryEventStore();
  t.match(await imported(target, lines), { events: 52, cuts: 4 });
  t.match(
    await imported(target, lines),
    { events: 52, written: 0, cuts: 4 },
    'a repeated import writes nothing',
  );
  t.strictSame(await contentOf(target), await contentOf(source));
  t.equal((await revisions(target, 'job-whole')).length, 10);
  t.strictSame(await revisions(target, 'job-truncated'), [4, 5, 6, 7, 8, 9]);
  t.strictSame(await revisions(target, 'job-deleted'), []);
  t.strictSame(await revisions(target, 'job-again'), [10, 11]);
  await refused(t, revisions(target, 'job-dead'), 'MUSTER_E_STREAM_DELETED');
  t.equal(
    (await target.append({ stream: 'job-deleted', expected: 'no_stream', events: newEvents(1) })).revision,
    10,
  );
});

void t.test('refuses to import into a log with other content, and leaves it unchanged', async (t) => {
  const lines = await exported(await lived());
  const target = createMemoryEventStore();
  await fill(target, 'job-other', 3);
  await refused(t, imported(target, lines), 'MUSTER_E_IMPORT_REFUSED');
  t.equal((await contentOf(target)).length, 3);
});

void t.test('ignores foreign events in a shared log', async (t) => {
  const source = await lived();
  const target = createMemoryEventStore();
  await target.append({ stream: 'invoice-1', expected: 'no_stream', events: [newEvent('Paid')] });
  const lines = await exported(source);
  await refused(t, imported(target, lines.slice(0, 100)), 'MUSTER_E_EXPORT_INVALID');
  await target.append({ stream: 'invoice-2', expected: 'no_stream', events: [newEvent('Paid')] });
  t.match(await imported(target, lines), { events: 621, written: 522 });
  await target.append({ stream: 'invoice-3', expected: 'no_stream', events: [newEvent('Paid')] });
  t.match(await imported(target, lines), { events: 621, written: 0, epoch: null });
  t.equal(await epochsOf(target), 1);
});

void t.test('starts no new epoch if the import was already completed or is empty', async (t) => {
  const lines = await exported(await lived());
  const target = createMemoryEventStore();
  await imported(target, lines);
  await fill(target, 'job-later', 3);
  t.match(await imported(target, lines), { written: 0, epoch: null });
  t.match(await imported(createMemoryEventStore(), await exported(createMemoryEventStore())), {
    events: 0,
    epoch: null,
  });
});

void t.test('starts another epoch when an imported log is imported again', async (t) => {
  const [second, third] = [createMemoryEventStore(), createMemoryEventStore()];
  const first = await imported(second, await exported(await lived()));
  const last = await imported(third, await exported(second));
  t.equal(await epochsOf(third), 2);
  t.not(first.epoch, last.epoch);
});

void t.test('reports the line at which an export is invalid or incomplete', async (t) => {
  const lines = await exported(await lived());
  const refusedWith = (some: readonly string[], line: number) =>
    refused(t, imported(createMemoryEventStore(), some), 'MUSTER_E_EXPORT_INVALID', { line });
  await refusedWith(['hello'], 1);
  await refusedWith(lines.slice(1), 1);
  await refusedWith([...lines.slice(0, 5), '{"stream":"x"}'], 6);
  await refusedWith([...lines.slice(0, 3), ...lines.slice(4)], 6);
  await refusedWith([...lines.slice(0, -2), lines.at(-1) ?? ''], 622);
  await refusedWith([...lines, '{"more":1}'], 624);
});

void t.test('omits events that are appended during the export', async (t) => {
  const source = await lived();
  const count = (await contentOf(source)).length;
  const lines: ExportLine[] = [];
  let n = 0;
  await exportLog({
    store: source,
    write: async (some) => {
      lines.push(...some);
      await source.append({
        stream: 'job-late',
        expected: n === 0 ? 'no_stream' : n - 1,
        events: newEvents(1),
      });
      n += 1;
    },
  });
  t.equal(lines.filter((line) => 'stream' in line).length, count);
});

/** Each log assigns its own positions and times of writing. */
function withoutPlace(line: string): unknown {
  const { position: _position, created: _created, ...rest } = JSON.parse(line) as Record<string, unknown>;
  return rest;
}
