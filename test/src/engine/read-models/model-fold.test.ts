import t from 'tap';
import { createMemoryEventStore } from '#src/engine/event-store/index.js';
import { catchUp } from '#src/engine/read-models/catch-up.js';
import { Lane } from '#src/engine/read-models/lane.js';
import { indexNames, ModelFold } from '#src/engine/read-models/model-fold.js';
import { SqliteStorage } from '#src/engine/read-models/sqlite/sqlite-storage.js';
import { Sqlite } from '#src/engine/sqlite.js';
import { projection } from '#projections/projection.js';
import { append } from '../../../contract/read-models/fixture.js';
import { deleted, stopped, submitted, updated } from '../../../projections/events.js';

interface Painted {
  readonly colour: string;
  readonly hits: number;
}

/** A job has the colour that its evaluation names; the stop of a job named like a colour hits all that have it. */
const painted = projection<Painted>({
  name: 'painted',
  version: 1,
  events: ['JobSubmitted', 'JobUpdated', 'JobStopped', 'JobDeleted'],
  indexes: { colour: ({ colour }) => colour },
  touches: ({ type, data }) => ('jobId' in data ? [type === 'JobStopped' ? { where: 'colour', equals: data.jobId } : data.jobId] : []),
  evolve: (document, { type, data }) => {
    if (type === 'JobSubmitted') return { colour: data.evaluationId, hits: 0 };
    if (document === undefined || type === 'JobDeleted') return undefined;
    return type === 'JobUpdated' ? { ...document, colour: data.evaluationId } : { ...document, hits: document.hits + 1 };
  },
});

/** SQLite, and what it was asked for. */
class AskedStorage extends SqliteStorage {
  readonly asked: string[] = [];

  override async load(generation: number, ids: readonly string[]) {
    this.asked.push(...ids);
    return await super.load(generation, ids);
  }
}

async function scene() {
  const store = createMemoryEventStore();
  const storage = new AskedStorage(new Sqlite(':memory:'));
  const { generation } = await storage.create(painted.name, painted.version, indexNames(painted));
  let lane: Lane | undefined;
  /** Folds what was appended, in one commit. `anew`: by a fold that knows nothing but what is stored. */
  const fold = async (events: Parameters<typeof append>[1], anew = false): Promise<void> => {
    await append(store, events);
    const state = (await storage.generations()).find((each) => each.generation === generation);
    if (state === undefined) throw new Error('the generation is gone');
    if (anew || lane === undefined) lane = new Lane(store, storage, [await ModelFold.open(storage, painted, state)]);
    await catchUp(store, lane);
  };
  const documents = async (): Promise<readonly [string, Painted][]> =>
    (await storage.scan(generation, 0, 100)).map(({ id, json }) => [id, JSON.parse(json) as Painted]);
  return { storage, fold, documents };
}

void t.test('what a batch touched is asked for no more by the next one, and what went is', async (t) => {
  const { storage, fold, documents } = await scene();
  await fold([submitted('a', undefined, 'red'), submitted('b', undefined, 'red')]);
  await fold([updated('a', undefined, 'blue')], true);
  t.same(storage.asked, ['a'], 'by one that has folded nothing yet');
  await fold([updated('a', undefined, 'green'), deleted('b')]);
  t.same(storage.asked, ['a', 'b']);
  await fold([submitted('b', undefined, 'white'), updated('a', undefined, 'black')]);
  t.same(storage.asked, ['a', 'b', 'b']);
  t.same(await documents(), [
    ['a', { colour: 'black', hits: 0 }],
    ['b', { colour: 'white', hits: 0 }],
  ]);
});

for (const anew of [false, true])
  void t.test(`all that hold a value by then are touched: stored, changed and made before, ${anew ? 'by another fold' : 'by the same fold'}`, async (t) => {
    const { fold, documents } = await scene();
    await fold([submitted('a', undefined, 'red'), submitted('b', undefined, 'blue'), submitted('c', undefined, 'red'), submitted('e', undefined, 'red')]);
    await fold(
      [updated('b', undefined, 'red'), updated('c', undefined, 'blue'), submitted('d', undefined, 'red'), deleted('e'), stopped('red'), stopped('none')],
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
  });
