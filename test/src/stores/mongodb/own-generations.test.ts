import t from 'tap';
import { OwnGenerations } from '#src/stores/mongodb/own-generations.js';
import type { Head, StoredGeneration } from '#src/stores/mongodb/schema.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { append } from '../../../contract/read-models/fixture.js';
import { submitted } from '../../../projections/events.js';

void t.test('hides models of another log, or with events that a restore has removed', async (t) => {
  const store = createMemoryEventStore();
  await append(store, [submitted('j1')]);
  await append(store, [submitted('j2')]);
  const events = [];
  for await (const page of store.readAll()) events.push(...page);
  const [first, second] = events;
  const fitting = {
    storeId: store.id,
    position: second!.position,
    eventId: second!.id,
    previous: first!.position,
  };
  const stored = (model: string, checkpoint: object): StoredGeneration =>
    ({ model, collection: model, live: true, ...checkpoint }) as unknown as StoredGeneration;
  const generations: Record<string, StoredGeneration> = {
    1: stored('own', fitting),
    2: stored('of another log', { ...fitting, storeId: 'another' }),
    3: stored('of an event that is not there', { ...fitting, eventId: first!.id }),
    4: stored('from beyond the end', { ...fitting, position: 99n, previous: 98n }),
    5: stored('empty', { storeId: null, position: null, eventId: null, previous: null }),
  };
  let reads = 0;
  const counted = { id: store.id, readAll: (options?: object) => ((reads += 1), store.readAll(options)) };
  const own = new OwnGenerations(counted);
  const left = async (): Promise<string[]> =>
    Object.values((await own.of({ generations } as unknown as Head)).generations).map(({ model }) => model);
  t.strictSame(await left(), ['own', 'empty']);
  const once = reads;
  generations[1] = stored('own', { ...fitting, position: 77n });
  t.strictSame(await left(), ['own', 'empty'], 'a model that was found to fit stays visible');
  t.equal(reads - once, once - 1, 'a model that was found to fit is not compared again');
});
