import t from 'tap';
import { openEsdbEventStore } from '#src/engine/event-store/esdb/open.js';
import { eventStoreContract } from '../../../../contract/event-store.js';
import { eventStoreUnderTest } from '../../../../fixtures/event-store-under-test.js';

t.setTimeout(300_000);

void t.test("the store behind EventStoreDB's protocol keeps the contract", async (t) => {
  const server = await eventStoreUnderTest(t);
  await eventStoreContract(t, () => openEsdbEventStore({ url: server.url }));
});
