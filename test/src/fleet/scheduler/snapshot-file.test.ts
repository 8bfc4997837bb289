import { randomUUID } from 'node:crypto';
import t from 'tap';
import { EVENT_CATALOG } from '#test/fixtures/muster-events.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { ClusterFold } from '#src/fleet/scheduler/cluster-fold.js';
import { readSnapshot, writeSnapshot } from '#src/fleet/scheduler/snapshot-file.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { appendForeign } from '../../../fixtures/foreign-events.js';
import { servedStore } from '../../../fixtures/wire-server.js';
import { Facts } from './cluster.js';

async function folded(store: EventStore): Promise<ClusterFold> {
  const fold = new ClusterFold();
  for await (const page of store.readAll()) fold.fold(EVENT_CATALOG, page);
  return fold;
}

void t.test('reads a snapshot whose last event is of any kind, even foreign metadata', async (t) => {
  const { store, client } = await servedStore(t);
  const directory = t.testdir();
  const ends: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['an event of Muster', () => new Facts(store).node('a')],
    ['metadata of a stream', () => client.setStreamMetadata('notes', { maxCount: 5 })],
    [
      'a deletion',
      async () => {
        await store.append({
          stream: 'notes',
          expected: 'no_stream',
          events: [{ id: randomUUID(), type: 'A', data: '{}', metadata: '{}' }],
        });
        await client.tombstoneStream('notes');
      },
    ],
    ['an event of others in a stream of Muster', () => appendForeign(store, 'scheduler')],
  ];
  for (const [end, append] of ends) {
    await append();
    const fold = await folded(store);
    writeSnapshot(directory, store.id, fold);
    const reading = await readSnapshot(directory, store);
    t.equal(reading.kind, 'read', end);
    if (reading.kind !== 'read') continue;
    t.same(reading.fold.bookmark, fold.bookmark);
    t.same(reading.fold.foreign, fold.foreign);
  }
});

void t.test('rejects a snapshot whose last event is not in the log', async (t) => {
  const directory = t.testdir();
  const store = createMemoryEventStore();
  await new Facts(store).node('a');
  await new Facts(store).node('b');
  writeSnapshot(directory, store.id, await folded(store));
  const shorter = createMemoryEventStore({ id: store.id });
  await new Facts(shorter).node('a');
  t.equal((await readSnapshot(directory, shorter)).kind, 'foreign', 'the last event is missing');
  await new Facts(shorter).node('b');
  t.equal((await readSnapshot(directory, shorter)).kind, 'foreign', 'another event is in its place');
});

void t.test('counts foreign events in the plan log, and continues after the last one', async (t) => {
  const store = createMemoryEventStore();
  const count = await appendForeign(store, 'scheduler');
  const fold = await folded(store);
  t.equal(fold.state.planRevision, count - 1);
  t.same(fold.foreign, { count, newest: `scheduler@${count - 1}` });
});
