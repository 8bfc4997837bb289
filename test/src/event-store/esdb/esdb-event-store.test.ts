import t from 'tap';
import { openEsdbEventStore } from '#src/event-store/esdb/open.js';
import { eventStoreContract } from '../../../contract/event-store.js';
import { startEventStoreProcess } from '../../../fixtures/event-store-process.js';

void t.test("the store behind EventStoreDB's protocol keeps the contract", async (t) => {
  const server = await startEventStoreProcess(t);
  await eventStoreContract(t, () => openEsdbEventStore({ url: server.url }));
});
