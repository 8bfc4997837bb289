import t from 'tap';
import { refusing } from '#src/engine/event-store/index.js';
import { newEvents } from '../../../contract/event-store/fixture.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';

void t.test('nothing is written to or removed from a log that can only be read', async (t) => {
  const store = createMemoryEventStore();
  await store.append({ stream: 'orders-1', expected: 'no_stream', events: newEvents(3) });
  const reading = refusing(store, 'cut');
  const changes: readonly Promise<unknown>[] = [
    reading.append({ stream: 'orders-1', expected: 2, events: newEvents(1) }),
    reading.truncateBefore('orders-1', 2),
    reading.deleteStream('orders-1', 2),
    reading.tombstoneStream('orders-1', 2),
  ];
  for (const change of changes) await t.rejects(change, { code: 'MUSTER_E_LOG_INCOMPLETE' });
  const revisions: number[] = [];
  for await (const page of reading.readStream('orders-1'))
    for (const { revision } of page) revisions.push(revision);
  t.strictSame(revisions, [0, 1, 2]);
});
