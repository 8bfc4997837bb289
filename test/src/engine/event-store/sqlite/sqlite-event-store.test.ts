import t from 'tap';
import { connectSqliteEventStore, openSqliteEventStore } from '#src/engine/event-store/index.js';
import { eventStoreContract } from '../../../../contract/event-store.js';

void t.test('satisfies the event store contract on SQLite', (t) =>
  eventStoreContract(t, () => openSqliteEventStore({ directory: t.testdir() }), { inOrder: true }),
);

void t.test('satisfies the event store contract for another client of the same writer', async (t) => {
  const owner = await openSqliteEventStore({ directory: t.testdir() });
  await t.test('contract', (t) =>
    eventStoreContract(t, () => Promise.resolve(connectSqliteEventStore(owner.handle())), { inOrder: true }),
  );
  await owner.close();
});
