import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { BatchedAppends } from '#src/stores/eventstoredb/batched-appends.js';
import { parseStoreUrl } from '#src/stores/eventstoredb/store-url.js';
import { createStoreClient } from '#src/stores/eventstoredb/wire.js';
import { gather, newEvents } from '../../../contract/event-store/fixture.js';
import { servedStore } from '../../../fixtures/wire-server.js';

void t.test('sends nothing after it was closed, not even appends that wait for the call', async (t) => {
  const { store, server } = await servedStore(t);
  const client = createStoreClient({ url: parseStoreUrl(server.url) });
  t.teardown(() => client.close());
  const appends = new BatchedAppends(client, systemClock, 60_000);
  const waiting = appends.append({ stream: 'moved-1', expected: 'no_stream', events: newEvents(1) });
  appends.close();
  await t.rejects(waiting, /the call was ended/);
  await t.rejects(appends.append({ stream: 'moved-2', expected: 'no_stream', events: newEvents(1) }));
  t.strictSame(await gather(store.readAll()), []);
});
