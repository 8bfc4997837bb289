import { randomUUID } from 'node:crypto';
import t from 'tap';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { createMemoryEventStore } from '#src/engine/event-store/index.js';
import { ClusterFold } from '#src/fleet/scheduler/cluster-fold.js';
import { readSnapshot, writeSnapshot } from '#src/fleet/scheduler/snapshot-file.js';
import { appendForeign } from '../../../fixtures/foreign-events.js';
import { servedStore } from '../../../fixtures/wire-server.js';
import { Facts } from './cluster.js';

t.setTimeout(120_000);

async function folded(store: EventStore): Promise<ClusterFold> {
  const fold = new ClusterFold();
  for await (const page of store.readAll()) fold.fold(page);
  return fold;
}

void t.test(
  'a snapshot is read back whatever event it ends with, metadata of a stream of others too',
  async (t) => {
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
  },
);

void t.test('a snapshot whose last event the log does not hold is worth nothing', async (t) => {
  const directory = t.testdir();
  const store = createMemoryEventStore();
  await new Facts(store).node('a');
  await new Facts(store).node('b');
  writeSnapshot(directory, store.id, await folded(store));
  const shorter = createMemoryEventStore({ id: store.id });
  await new Facts(shorter).node('a');
  t.equal((await readSnapshot(directory, shorter)).kind, 'foreign', 'it is gone');
  await new Facts(shorter).node('b');
  t.equal((await readSnapshot(directory, shorter)).kind, 'foreign', 'another stands in its place');
});

void t.test('a plan goes behind what others wrote into the plan log', async (t) => {
  const store = createMemoryEventStore();
  const count = await appendForeign(store, 'scheduler');
  const fold = await folded(store);
  t.equal(fold.state.planRevision, count - 1);
  t.same(fold.foreign, { count, newest: `scheduler@${count - 1}` });
});
