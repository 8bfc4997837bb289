import { existsSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { connectSqliteEventStore, openSqliteEventStore } from '#src/engine/event-store/sqlite/open.js';
import { LOG_FILE } from '#src/engine/event-store/sqlite/schema.js';
import { IntegrityCheck } from '#src/engine/integrity-check.js';
import { newEvents, newStream } from '../../../../../contract/event-store/fixture.js';

const append = () => ({ stream: newStream(), expected: 'no_stream' as const, events: newEvents(1) });

void t.test('writes everything requested before a close, and marks the log as intact', async (t) => {
  const directory = t.testdir();
  const file = join(directory, LOG_FILE);
  const store = await openSqliteEventStore({ directory });
  const other = connectSqliteEventStore(store.handle());
  const waiting = [
    ...Array.from({ length: 50 }, () => store.append(append())),
    ...Array.from({ length: 50 }, () => other.append(append())),
  ];
  await other.close();
  await store.close();
  t.equal((await Promise.all(waiting)).length, 100);
  t.notOk(existsSync(`${file}-wal`));
  t.ok(new IntegrityCheck(file).holds());
  utimesSync(file, 1, 1);
  t.notOk(new IntegrityCheck(file).holds(), 'the mark does not hold for a file that changed after the close');
  const again = await openSqliteEventStore({ directory });
  t.teardown(() => again.close());
  t.equal(await again.head(), 100n);
});
