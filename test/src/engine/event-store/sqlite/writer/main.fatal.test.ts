import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openForWriting } from '#src/engine/event-store/sqlite/database.js';
import { connectSqliteEventStore, openSqliteEventStore } from '#src/engine/event-store/sqlite/open.js';
import { LOG_FILE } from '#src/engine/event-store/sqlite/schema.js';
import { newEvents, newStream } from '../../../../../contract/event-store/fixture.js';

void t.test('reports to all current and later callers that the log cannot be written', async (t) => {
  const directory = t.testdir();
  const store = await openSqliteEventStore({ directory });
  const other = connectSqliteEventStore(store.handle());
  t.teardown(async () => {
    await other.close();
    await store.close().catch(() => undefined);
  });
  const append = () => ({ stream: newStream(), expected: 'no_stream' as const, events: newEvents(1) });
  await store.append(append());
  await other.append(append());

  const { database } = openForWriting(join(directory, LOG_FILE), () => 'not needed');
  database.exec('ALTER TABLE events RENAME TO elsewhere');
  database.close();
  const unreachable = { code: 'MUSTER_E_STORE_UNAVAILABLE' };
  const waiting = [store.append(append()), store.append(append()), other.append(append())];
  await Promise.all(waiting.map((each) => t.rejects(each, unreachable)));
  t.match(await store.fatal, unreachable);
  await t.rejects(store.append(append()), unreachable);
  await t.rejects(other.append(append()), unreachable);
});

void t.test('reports a writer that dies during close, and leaves an unlocked, intact log', async (t) => {
  const directory = t.testdir();
  const store = await openSqliteEventStore({ directory });
  const stream = newStream();
  await store.append({ stream, expected: 'no_stream', events: newEvents(2) });
  // A folder in place of the mark, which can be neither written nor removed.
  const mark = join(directory, `${LOG_FILE}-checked`);
  rmSync(mark);
  mkdirSync(join(mark, 'in the way'), { recursive: true });

  await t.rejects(store.close(), { code: 'MUSTER_E_STORE_UNAVAILABLE' });
  t.match(await store.fatal, { code: 'MUSTER_E_STORE_UNAVAILABLE' });
  rmSync(mark, { recursive: true });
  const again = await openSqliteEventStore({ directory });
  t.equal(await again.head(), 2n);
  await again.close();
});
