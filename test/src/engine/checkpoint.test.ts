import t from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { fitsLog, type Checkpoint } from '#src/engine/checkpoint.js';
import { createMemoryEventStore } from '#src/engine/event-store/index.js';
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

void t.test('a log holds the event of a checkpoint where that says, from the first on', async (t) => {
  const { store, at } = await scene();
  for (const index of [0, 1, 2]) t.equal(await fitsLog(store, at(index)), true, String(index));
  t.equal(await fitsLog(store, undefined), true, 'of no events every log tells the same');
});

void t.test('another log does not, nor one with another event there', async (t) => {
  const { store, at } = await scene();
  t.equal(await fitsLog(store, { ...at(1), storeId: 'another' }), false);
  t.equal(await fitsLog(store, { ...at(1), eventId: 'another' }), false);
  t.equal(await fitsLog(store, { ...at(1), position: at(2).position }), false);
  t.equal(await fitsLog(store, { ...at(1), previous: undefined }), false, 'the first one is another');
  t.equal(await fitsLog(store, { ...at(2), previous: at(2).position }), false, 'nothing follows the last');
  t.equal(await fitsLog(createMemoryEventStore(), { ...at(0) }), false);
});

void t.test('a store that is away says so, and is not taken for another log', async (t) => {
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
