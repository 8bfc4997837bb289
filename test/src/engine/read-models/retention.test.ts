import t from 'tap';
import fc from 'fast-check';
import { EVENT_CATALOG } from '#domain/all-events.js';
import { catchUp } from '#src/engine/read-models/catch-up.js';
import { Batch } from '#src/engine/read-models/batch.js';
import { indexNames, ModelFold } from '#src/engine/read-models/model-fold.js';
import { SqliteStorage } from '#src/engine/read-models/sqlite/sqlite-storage.js';
import { Sqlite } from '#src/engine/sqlite.js';
import { jobEvents } from '#domain/jobs/job/events.js';
import { only } from '#domain/kernel/event/index.js';
import { projection } from '#domain/kernel/projection.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { append } from '../../../contract/read-models/fixture.js';
import { cleared, deleted, stopped, submitted, updated } from '../../../projections/events.js';

interface Painted {
  readonly colour: string;
}

const EVENTS = only(jobEvents, 'JobSubmitted', 'JobUpdated', 'JobStopped', 'JobDeleted');

/** A job has the colour of its evaluation id. The newest few per colour are kept. A stop of a job whose id is a colour removes all of them. */
const painted = (newest: number) =>
  projection<Painted, typeof EVENTS>({
    name: 'painted',
    version: 1,
    events: EVENTS,
    indexes: { colour: ({ colour }) => colour },
    keep: { index: 'colour', newest },
    touches: ({ type, data }) => [
      type === 'JobStopped' ? { where: 'colour', equals: data.jobId } : data.jobId,
    ],
    evolve: (document, { type, data }) => {
      if (type === 'JobSubmitted') return document ?? { colour: data.evaluationId };
      if (document === undefined || type === 'JobDeleted' || type === 'JobStopped') return undefined;
      return { colour: data.evaluationId };
    },
  });

/** Counts the rows read by an index, and the calls of `count`. */
class CountingStorage extends SqliteStorage {
  read = 0;
  counted = 0;

  override async find(...asked: Parameters<SqliteStorage['find']>) {
    const rows = await super.find(...asked);
    this.read += rows.length;
    return rows;
  }

  override async count(...asked: Parameters<SqliteStorage['count']>) {
    this.counted += 1;
    return await super.count(...asked);
  }
}

async function scene(newest: number) {
  const model = painted(newest);
  const store = createMemoryEventStore();
  const storage = new CountingStorage(new Sqlite(':memory:'));
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
  const kept = async (): Promise<readonly string[]> =>
    (await storage.scan(generation, 0, 10_000)).map(({ id }) => id);
  return { storage, fold, kept };
}

void t.test('reads a bounded number of rows for a new document, however many are retained', async (t) => {
  for (const newest of [10, 1000]) {
    const { storage, fold, kept } = await scene(newest);
    await fold(Array.from({ length: newest + 20 }, (_, index) => submitted(`a${index}`, undefined, 'red')));
    await fold([submitted('first', undefined, 'red')], true);
    [storage.read, storage.counted] = [0, 0];
    for (let index = 0; index < 50; index += 1) await fold([submitted(`b${index}`, undefined, 'red')]);
    t.ok(
      storage.read <= 50 * 16,
      `${storage.read} rows were read for 50 documents while ${newest} are retained`,
    );
    t.equal(storage.counted, 0, 'nothing is counted again');
    t.same(
      (await kept()).slice(-50),
      Array.from({ length: 50 }, (_, index) => `b${index}`).slice(-newest),
      'the newest documents are retained',
    );
    t.equal((await kept()).length, newest);
  }
});

void t.test('retains the newest documents of each index value, however documents change', async (t) => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
  const colour = fc.constantFrom('red', 'blue');
  const event = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(id, colour).map(([job, evaluation]) => submitted(job, undefined, evaluation)),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(id, colour).map(([job, evaluation]) => updated(job, undefined, evaluation)),
    },
    { weight: 2, arbitrary: id.map((job) => deleted(job)) },
    { weight: 1, arbitrary: colour.map((job) => stopped(job)) },
    { weight: 1, arbitrary: fc.constant(cleared) },
  );
  const batches = fc.array(
    fc.record({ events: fc.array(event, { minLength: 1, maxLength: 6 }), anew: fc.boolean() }),
    { minLength: 1, maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(batches, async (all) => {
      const [parts, whole] = [await scene(2), await scene(2)];
      for (const { events, anew } of all) await parts.fold(events, anew);
      for (const each of all.flatMap(({ events }) => events)) await whole.fold([each], true);
      t.same(await parts.kept(), await whole.kept());
    }),
    { numRuns: 40 },
  );
});
