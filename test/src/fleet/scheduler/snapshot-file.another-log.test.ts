import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import { EVENT_CATALOG, encode } from '#test/fixtures/muster-events.js';
import type { EventStore, NewEvent } from '#domain/kernel/ports/event-store.js';
import { ClusterFold } from '#src/fleet/scheduler/cluster-fold.js';
import { readSnapshot, writeSnapshot } from '#src/fleet/scheduler/snapshot-file.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';

const ID = '00000000-0000-4000-8000-00000000000a';

function registered(nodeId: string): NewEvent {
  const data = {
    nodeId,
    epoch: 1,
    ipAddress: '::1',
    resources: { cpu: 1 },
    attributes: {},
    healthy: true,
    endpoint: null,
    protocol: 'muster' as const,
  };
  return {
    id: randomUUID(),
    ...encode({ type: 'NodeRegistered', data }, { $correlationId: 'test', $causationId: 'test', at: 1 }),
  };
}

/** A log of one event, and a snapshot that was made of it. */
async function scene(t: Test) {
  const directory = t.testdir();
  const event = registered('n');
  const log = async (id: string, ...events: NewEvent[]): Promise<EventStore> => {
    const store = createMemoryEventStore({ id });
    if (events.length > 0) await store.append({ stream: 'node-n', expected: 'no_stream', events });
    return store;
  };
  const store = await log(ID, event);
  const fold = new ClusterFold();
  for await (const page of store.readAll()) fold.fold(EVENT_CATALOG, page);
  writeSnapshot(directory, store.id, fold);
  return { event, log, read: async (of: EventStore) => await readSnapshot(directory, of), store };
}

void t.test('reads a snapshot of this log', async (t) => {
  const { read, store, event } = await scene(t);
  t.match(await read(store), { kind: 'read', fold: { bookmark: { id: event.id } } });
});

void t.test('rejects a snapshot of another log with the same event at the same position', async (t) => {
  const { read, log, event } = await scene(t);
  t.strictSame(await read(await log('00000000-0000-4000-8000-00000000000b', event)), { kind: 'foreign' });
});

void t.test(
  'rejects a snapshot if its last event is missing, different or at another position in the log',
  async (t) => {
    const { read, log, event } = await scene(t);
    t.strictSame(await read(await log(ID)), { kind: 'foreign' });
    t.strictSame(await read(await log(ID, registered('n'))), { kind: 'foreign' });
    const later = await log(ID);
    await later.append({ stream: 'node-other', expected: 'no_stream', events: [registered('other')] });
    await later.append({ stream: 'node-n', expected: 'no_stream', events: [event] });
    t.strictSame(await read(later), { kind: 'foreign' });
  },
);
