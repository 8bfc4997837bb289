import t from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { fitsLog, type Checkpoint } from '#src/engine/checkpoint.js';
import { createMemoryEventStore } from '../../fixtures/memory-event-store.js';
import { fill, gather } from '../../contract/event-store/fixture.js';

async function scene() {
  const store = createMemoryEventStore();
  await fill(store, 'job-a', 3);
  const events = await gather(store.readAll());
  const at = (index: number): Checkpoint => ({
    storeId: store.id,
    position: events[index]!.position,
    eventId: events[index]!.id,
    previous: events[index - 1]?.position,
  });
  return { store, events, at };
}

void t.test('finds the event of a checkpoint at its position, from the first event on', async (t) => {
  const { store, at } = await scene();
  for (const index of [0, 1, 2]) t.equal(await fitsLog(store, at(index)), true, String(index));
  t.equal(await fitsLog(store, undefined), true, 'every log fits a missing checkpoint');
});

void t.test('rejects a checkpoint from another log, or one with another event at its position', async (t) => {
  const { store, at } = await scene();
  t.equal(await fitsLog(store, { ...at(1), storeId: 'another' }), false);
  t.equal(await fitsLog(store, { ...at(1), eventId: 'another' }), false);
  t.equal(await fitsLog(store, { ...at(1), position: at(2).position }), false);
  t.equal(
    await fitsLog(store, { ...at(1), previous: undefined }),
    false,
    'the first event is a different one',
  );
  t.equal(
    await fitsLog(store, { ...at(2), previous: at(2).position }),
    false,
    'no event follows the last one',
  );
  t.equal(await fitsLog(createMemoryEventStore(), { ...at(0) }), false);
});

void t.test('reports an unavailable store as unavailable, not as another log', async (t) => {
  const { store, at } = await scene();
  const failing = (error: Error): EventStore =>
    Object.assign(Object.create(store) as EventStore, {
      async *readAll() {
        throw await Promise.resolve(error);
      },
    });
  await t.rejects(
    fitsLog(failing(new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'away' })), at(1)),
    { code: 'MUSTER_E_STORE_UNAVAILABLE' },
  );
});
