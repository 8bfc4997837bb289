import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/clock/system-clock.js';
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

void t.test('what a full disk refused is not remembered as written', async (t) => {
  const { database, writer } = open(t);
  const id = randomUUID();
  const pages = database.pragma('page_count', { simple: true }) as number;
  database.pragma(`max_page_count = ${pages + 1}`);
  const full = { error: { code: 'MUSTER_E_STORE_FULL' } };
  // What went before in the group was written already when the disk was full.
  const [other, own] = [randomUUID(), randomUUID()];
  const small: WriteRequest[] = [
    append('b', other),
    { do: 'append', token: 0, stream: 'c', expected: -1, texts: [own, 'E', '{}', '{}'] },
  ];
  t.match(writer.write([...small, append('a', id, `"${'x'.repeat(100_000)}"`)]), [full, full, full]);
  t.equal(count(database), 0);
  database.pragma('max_page_count = 1000000');
  t.match(writer.write([append('a', id)]), [{ revision: 0 }]);
  t.equal(count(database), 1, 'and so it is written now');
  t.match(writer.write([append('a', id)]), [{ revision: 0, position: 1 }]);
  t.equal(count(database), 1, 'once');
  t.match(
    writer.write(small),
    [
      { revision: 0, position: 2 },
      { revision: 0, position: 3 },
    ],
    'their streams stand where they stood',
  );
  t.equal(count(database), 3);
  await Promise.resolve();
});

void t.test('within one group of requests each sees what those before it did', async (t) => {
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

void t.test("Muster's own appends and the wire's share revisions, deletions and truncation", async (t) => {
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
    'no stream is expected of a deleted one',
  );
  await Promise.resolve();
});

void t.test('the memory of ids is bounded, and a long name costs no more than a short one', async (t) => {
  const ids = new RecentIds(10);
  const long = 'x'.repeat(20_000);
  for (let n = 0; n < 25; n += 1) {
    ids.note(`id-${n}`, long, n);
    ids.committed();
  }
  t.equal(ids.find('id-24', long), 24);
  t.equal(ids.find('id-24', `${long}y`), undefined);
  t.equal(ids.find('id-0', long), undefined, 'the oldest are forgotten');
  await Promise.resolve();
});

void t.test(
  'what came over the wire stands as it came, and a stream that has metadata alone can be deleted as one that is not there',
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

void t.test('an append to a stream that its first metadata deleted keeps what else they say', async (t) => {
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
});

void t.test(
  'metadata of a living stream stand as they were written; those of a deleted one begin it again behind its end',
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
      'which leave it deleted',
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
