import { join } from 'node:path';
import t from 'tap';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { openForReading } from '#src/engine/event-store/sqlite/database.js';
import { openSqliteEventStore } from '#src/engine/event-store/sqlite/open.js';
import { LOG_FILE } from '#src/engine/event-store/sqlite/schema.js';
import { SqliteReader } from '#src/engine/event-store/sqlite/reader.js';

void t.test('ends a page at its size limit, but returns at least one event', async (t) => {
  const directory = t.testdir();
  const store = await openSqliteEventStore({ directory });
  const id = (n: number): string => `00000000-0000-4000-8000-${n.toString().padStart(12, '0')}`;
  const events = Array.from({ length: 5 }, (_, n) => ({
    id: id(n),
    type: 'Written',
    data: JSON.stringify('d'.repeat(28)),
    metadata: JSON.stringify('m'.repeat(8)),
  }));
  await store.append({ stream: 's-1', expected: 'no_stream', events });
  const reader = new SqliteReader(openForReading(join(directory, LOG_FILE)).database);
  t.teardown(async () => {
    reader.close();
    await store.close();
  });
  const all = reader.forwardsWithin(0, 100, 1_000);
  const revisions = (page: readonly RecordedEvent[]): number[] => page.map(({ revision }) => revision);
  t.strictSame(revisions(all), [0, 1, 2, 3, 4], 'all events fit in one page');
  const last = Number(all.at(-1)!.position);
  const of = (characters: number) => [
    revisions(reader.forwardsWithin(0, 100, characters)),
    revisions(reader.backwardsWithin(last + 1, 100, characters)),
    revisions(reader.streamWithin('s-1', 0, 4, 1, characters)),
  ];
  // Each event has 40 characters.
  t.strictSame(of(80), [
    [0, 1],
    [4, 3],
    [0, 1],
  ]);
  t.strictSame(of(81), [
    [0, 1, 2],
    [4, 3, 2],
    [0, 1, 2],
  ]);
  t.strictSame(of(79), [
    [0, 1],
    [4, 3],
    [0, 1],
  ]);
  t.strictSame(of(1), [[0], [4], [0]]);
  t.strictSame(
    revisions(reader.forwardsWithin(0, 3, 1_000)),
    [0, 1, 2],
    'a page has no more events than requested',
  );
});
