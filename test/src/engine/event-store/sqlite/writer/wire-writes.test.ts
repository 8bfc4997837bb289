import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { openForWriting, type SqliteDatabase } from '#src/engine/event-store/sqlite/database.js';
import { LogWriter } from '#src/engine/event-store/sqlite/writer/log-writer.js';
import type { WriteRequest } from '#src/engine/event-store/sqlite/writer/messages.js';
import { RecentIds } from '#src/engine/event-store/sqlite/writer/recent-ids.js';
import { ownFolder } from '../../../../../fixtures/folder.js';

function open(t: Test): { database: SqliteDatabase; writer: LogWriter } {
  const { database } = openForWriting(join(ownFolder(t), 'events.db'), randomUUID);
  t.teardown(() => database.close());
  return { database, writer: new LogWriter(database, systemClock) };
}

const append = (stream: string, id: string, data = '{}'): WriteRequest => ({
  do: 'wire-append',
  token: 0,
  stream,
  expected: 'any',
  texts: [id, 'E', data, '{}'],
});
const count = (database: SqliteDatabase): unknown =>
  database.prepare('SELECT count(*) FROM events').pluck().get();

void t.test('does not treat an append that a full disk refused as written', async (t) => {
  const { database, writer } = open(t);
  const id = randomUUID();
  const pages = database.pragma('page_count', { simple: true }) as number;
  database.pragma(`max_page_count = ${pages + 1}`);
  const full = { error: { code: 'MUSTER_E_STORE_FULL' } };
  // The earlier requests of the group were already written when the disk was full.
  const [other, own] = [randomUUID(), randomUUID()];
  const small: WriteRequest[] = [
    append('b', other),
    { do: 'append', token: 0, stream: 'c', expected: -1, texts: [own, 'E', '{}', '{}'] },
  ];
  t.match(writer.write([...small, append('a', id, `"${'x'.repeat(100_000)}"`)]), [full, full, full]);
  t.equal(count(database), 0);
  database.pragma('max_page_count = 1000000');
  t.match(writer.write([append('a', id)]), [{ revision: 0 }]);
  t.equal(count(database), 1, 'the refused append is written now');
  t.match(writer.write([append('a', id)]), [{ revision: 0, position: 1 }]);
  t.equal(count(database), 1, 'a repetition is not written again');
  t.match(
    writer.write(small),
    [
      { revision: 0, position: 2 },
      { revision: 0, position: 3 },
    ],
    'the streams of the refused requests are unchanged',
  );
  t.equal(count(database), 3);
  await Promise.resolve();
});

void t.test('applies each request after the effects of earlier ones in the same group', async (t) => {
  const { database, writer } = open(t);
  const id = randomUUID();
  const outcomes = writer.write([
    append('a', id),
    append('a', id),
    { do: 'wire-delete', token: 0, stream: 'a', expected: 0 },
    append('a', randomUUID()),
    { do: 'wire-tombstone', token: 0, stream: 'a', expected: 'stream_exists' },
    append('a', randomUUID()),
    append('$$a', randomUUID()),
    { do: 'append', token: 0, stream: 'a', expected: 1, texts: [randomUUID(), 'E', '{}', '{}'] },
  ]);
  const deleted = { error: { code: 'MUSTER_E_STREAM_DELETED' } };
  t.match(outcomes, [
    { revision: 0 },
    { revision: 0 },
    { position: 2 },
    { revision: 1, position: 3 },
    { position: 5 },
    deleted,
    deleted,
    deleted,
  ]);
  t.strictSame(database.prepare('SELECT stream, type FROM events ORDER BY position').raw().all(), [
    ['a', 'E'],
    ['$$a', '$metadata'],
    ['a', 'E'],
    ['$$a', '$metadata'],
    ['a', '$streamDeleted'],
  ]);
  await Promise.resolve();
});

void t.test("Muster's appends and the protocol's share revisions, deletions and truncation", async (t) => {
  const { writer } = open(t);
  const own = (expected: number): WriteRequest => ({
    do: 'append',
    token: 0,
    stream: 'a',
    expected,
    texts: [randomUUID(), 'E', '{}', '{}'],
  });
  t.match(writer.write([own(-1), append('a', randomUUID()), own(1), own(1)]), [
    { revision: 0 },
    { revision: 1 },
    { revision: 2 },
    { error: { code: 'MUSTER_E_WRONG_REVISION' } },
  ]);
  t.match(
    writer.write([{ do: 'wire-delete', token: 0, stream: 'a', expected: 2 }, own(-1)]),
    [{}, { revision: 3 }],
    'a deleted stream accepts no_stream as the expected revision',
  );
  await Promise.resolve();
});

void t.test('limits the number of cached ids, even for long stream names', async (t) => {
  const ids = new RecentIds(10);
  const long = 'x'.repeat(20_000);
  for (let n = 0; n < 25; n += 1) {
    ids.note(`id-${n}`, long, n);
    ids.committed();
  }
  t.equal(ids.find('id-24', long), 24);
  t.equal(ids.find('id-24', `${long}y`), undefined);
  t.equal(ids.find('id-0', long), undefined, 'the oldest ids are evicted');
  await Promise.resolve();
});

void t.test(
  'stores protocol data unchanged, and a deletion treats a stream with only metadata as missing',
  async (t) => {
    const { database, writer } = open(t);
    const id = randomUUID();
    const texts = [id, 'Written', '{"a":1}', '{"by":"somebody"}'];
    writer.write([{ do: 'wire-append', token: 0, stream: 'a', expected: 'any', texts }]);
    t.strictSame(database.prepare('SELECT id, type, data, metadata FROM events').raw().get(), texts);
    const deletion = (stream: string): WriteRequest => ({
      do: 'wire-delete',
      token: 0,
      stream,
      expected: 'no_stream',
    });
    t.match(writer.write([deletion('b')]), [{ error: { code: 'MUSTER_E_WRONG_REVISION' } }]);
    t.match(writer.write([append('$$b', randomUUID(), '{"$maxCount":3}'), deletion('b')]), [
      { revision: 0 },
      { revision: -1 },
    ]);
    await Promise.resolve();
  },
);

void t.test(
  'keeps the other metadata when a stream is restarted that its first metadata soft-deleted',
  async (t) => {
    const { database, writer } = open(t);
    writer.write([
      append('a', randomUUID()),
      append('$$a', randomUUID(), '{"$tb":9223372036854775807,"$maxCount":3}'),
    ]);
    t.match(writer.write([append('a', randomUUID())]), [{ revision: 1 }]);
    t.strictSame(
      database.prepare(`SELECT data FROM events WHERE stream = '$$a' ORDER BY position`).pluck().all().at(-1),
      '{"$tb":1,"$maxCount":3}',
    );
    await Promise.resolve();
  },
);

void t.test(
  'leaves the metadata of an existing stream unchanged, and restarts a deleted one at its next revision',
  async (t) => {
    const { database, writer } = open(t);
    const metadata = (): unknown =>
      database.prepare(`SELECT data FROM events WHERE stream = '$$a' ORDER BY position`).pluck().all();
    writer.write([
      append('a', randomUUID()),
      append('a', randomUUID()),
      append('$$a', randomUUID(), '{"$maxCount":5}'),
    ]);
    t.strictSame(metadata(), ['{"$maxCount":5}']);
    writer.write([append('$$a', randomUUID(), '{"$tb":1}')]);
    t.strictSame(metadata(), ['{"$maxCount":5}', '{"$tb":1}']);
    writer.write([{ do: 'wire-delete', token: 0, stream: 'a', expected: 1 }]);
    const deleted = ['{"$maxCount":5}', '{"$tb":1}', '{"$tb":9223372036854775807}'];
    t.strictSame(metadata(), deleted);
    writer.write([append('$$a', randomUUID(), '{"$tb":9223372036854775807,"$maxCount":3}')]);
    t.strictSame(
      metadata(),
      [...deleted, '{"$tb":9223372036854775807,"$maxCount":3}'],
      'the new metadata leaves the stream deleted',
    );
    writer.write([append('$$a', randomUUID(), '{"$maxCount":7}')]);
    t.strictSame(metadata(), [
      ...deleted,
      '{"$tb":9223372036854775807,"$maxCount":3}',
      '{"$maxCount":7}',
      '{"$maxCount":7,"$tb":2}',
    ]);
    await Promise.resolve();
  },
);
