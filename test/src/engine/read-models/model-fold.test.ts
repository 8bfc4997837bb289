import t from 'tap';
import { EVENT_CATALOG } from '#domain/all-events.js';
import { catchUp } from '#src/engine/read-models/catch-up.js';
import { Batch } from '#src/engine/read-models/batch.js';
import { indexNames, ModelFold } from '#src/engine/read-models/model-fold.js';
import { SqliteStorage } from '#src/engine/read-models/sqlite/sqlite-storage.js';
import { Sqlite } from '#src/engine/sqlite.js';
import type { RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import { jobEvents } from '#domain/jobs/job/events.js';
import { only } from '#domain/kernel/event/index.js';
import { projection } from '#domain/kernel/projection.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { append } from '../../../contract/read-models/fixture.js';
import { deleted, stopped, submitted, updated } from '../../../projections/events.js';

interface Painted {
  readonly colour: string;
  readonly hits: number;
}

const EVENTS = only(jobEvents, 'JobSubmitted', 'JobUpdated', 'JobStopped', 'JobDeleted');

/** A job has the colour of its evaluation id. A stop of a job whose id is a colour hits all jobs of that colour. */
const painted = projection<Painted, typeof EVENTS>({
  name: 'painted',
  version: 1,
  events: EVENTS,
  indexes: { colour: ({ colour }) => colour },
  touches: ({ type, data }) => [type === 'JobStopped' ? { where: 'colour', equals: data.jobId } : data.jobId],
  evolve: (document, { type, data }) => {
    if (type === 'JobSubmitted') return { colour: data.evaluationId, hits: 0 };
    if (document === undefined || type === 'JobDeleted') return undefined;
    return type === 'JobUpdated'
      ? { ...document, colour: data.evaluationId }
      : { ...document, hits: document.hits + 1 };
  },
});

/** SQLite storage that records the requested ids. */
class AskedStorage extends SqliteStorage {
  readonly asked: string[] = [];
  /** Removed documents and the positions they were folded to, as reported by a storage that writes documents before the checkpoint. */
  readonly gone = new Map<string, bigint>();

  override async load(generation: number, ids: readonly string[]) {
    this.asked.push(...ids);
    const gone = ids.flatMap((id) =>
      this.gone.has(id) ? [{ id, applied: this.gone.get(id)!, gone: true as const }] : [],
    );
    return [...(await super.load(generation, ids)), ...gone] as Awaited<ReturnType<SqliteStorage['load']>>;
  }
}

async function scene(model = painted) {
  const store = createMemoryEventStore();
  const storage = new AskedStorage(new Sqlite(':memory:'));
  const { generation } = await storage.create(model.name, model.version, indexNames(model));
  let lane: Batch | undefined;
  /** Appends the events and folds them in one commit. `anew`: with a new fold, which has only the stored documents. */
  const fold = async (events: Parameters<typeof append>[1], anew = false): Promise<void> => {
    await append(store, events);
    const state = (await storage.generations()).find((each) => each.generation === generation);
    if (state === undefined) throw new Error('the generation is gone');
    if (anew || lane === undefined)
      lane = new Batch({
        store,
        storage,
        catalog: EVENT_CATALOG,
        folds: [await ModelFold.open(storage, model, state)],
      });
    await catchUp(store, lane);
  };
  const documents = async (): Promise<readonly [string, Painted][]> =>
    (await storage.scan(generation, 0, 100)).map(({ id, json }) => [id, JSON.parse(json) as Painted]);
  return { storage, fold, documents };
}

void t.test('does not reread documents that the previous batch touched', async (t) => {
  const { storage, fold, documents } = await scene();
  await fold([submitted('a', undefined, 'red'), submitted('b', undefined, 'red')]);
  await fold([updated('a', undefined, 'blue')], true);
  t.same(storage.asked, ['a'], 'a new fold reads the document once');
  await fold([updated('a', undefined, 'green'), deleted('b')]);
  t.same(storage.asked, ['a', 'b']);
  await fold([submitted('b', undefined, 'white'), updated('a', undefined, 'black')]);
  t.same(storage.asked, ['a', 'b']);
  t.same(await documents(), [
    ['a', { colour: 'black', hits: 0 }],
    ['b', { colour: 'white', hits: 0 }],
  ]);
});

void t.test('ignores events up to the removal of a document', async (t) => {
  const { storage, fold, documents } = await scene();
  await fold([submitted('b')]);
  storage.gone.set('a', 4n);
  await fold([submitted('a', undefined, 'red')], true);
  await fold([updated('a', undefined, 'blue')]);
  await fold([submitted('a', undefined, 'green')]);
  t.same(await documents(), [['b', { colour: 'eval-b-JobSubmitted', hits: 0 }]]);
  await fold([submitted('a', undefined, 'white')]);
  t.match((await documents()).at(-1), ['a', { colour: 'white' }]);
  t.same(storage.asked, ['a']);
});

void t.test('folds an event that cannot create a document only into existing ones', async (t) => {
  const begun = { ...painted, begins: ({ type }: RecordedMusterEvent) => type === 'JobSubmitted' };
  const { storage, fold, documents } = await scene(begun);
  await fold([
    updated('a'),
    submitted('b'),
    updated('b', undefined, 'blue'),
    deleted('b'),
    updated('b'),
    submitted('c'),
    updated('c', undefined, 'red'),
  ]);
  await fold([updated('a'), updated('b'), updated('c', undefined, 'green')]);
  t.same(await documents(), [['c', { colour: 'green', hits: 0 }]]);
  t.same(storage.asked, [], 'a generation that started empty reads no missing documents');
  await fold([updated('a'), updated('b'), updated('c', undefined, 'black'), stopped('black')], true);
  await fold([updated('a'), updated('b'), updated('c', undefined, 'white')]);
  t.same(await documents(), [['c', { colour: 'white', hits: 1 }]]);
  t.same(storage.asked, ['a', 'b', 'c'], 'a new fold reads each document once');
  await fold([submitted('a'), updated('a', undefined, 'grey')]);
  t.match((await documents()).at(-1), ['a', { colour: 'grey' }]);
});

for (const anew of [false, true])
  void t.test(
    `folds an event into all documents with a value, stored, changed and new, ${anew ? 'in another fold' : 'in the same fold'}`,
    async (t) => {
      const { fold, documents } = await scene();
      await fold([
        submitted('a', undefined, 'red'),
        submitted('b', undefined, 'blue'),
        submitted('c', undefined, 'red'),
        submitted('e', undefined, 'red'),
      ]);
      await fold(
        [
          updated('b', undefined, 'red'),
          updated('c', undefined, 'blue'),
          submitted('d', undefined, 'red'),
          deleted('e'),
          stopped('red'),
          stopped('none'),
        ],
        anew,
      );
      const expected = [
        ['a', { colour: 'red', hits: 1 }],
        ['b', { colour: 'red', hits: 1 }],
        ['c', { colour: 'blue', hits: 0 }],
        ['d', { colour: 'red', hits: 1 }],
      ];
      t.same(await documents(), expected);
      await fold([stopped('red'), stopped('red'), stopped('blue')]);
      t.same(
        (await documents()).map(([id, { hits }]) => `${id} ${hits}`),
        ['a 3', 'b 3', 'c 1', 'd 3'],
      );
    },
  );
