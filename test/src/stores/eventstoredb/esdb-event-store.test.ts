import t from 'tap';
import { ALL_CATEGORIES } from '#test/fixtures/muster-events.js';
import { openEsdbEventStore } from '#src/stores/eventstoredb/open.js';
import { eventStoreContract } from '../../../contract/event-store.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { eventStoreUnderTest } from '../../../fixtures/event-store-under-test.js';

t.setTimeout(300_000 * PATIENCE);

void t.test("satisfies the event store contract over EventStoreDB's protocol", async (t) => {
  const server = await eventStoreUnderTest(t);
  await eventStoreContract(t, () => openEsdbEventStore({ categories: ALL_CATEGORIES, url: server.url }));
});
