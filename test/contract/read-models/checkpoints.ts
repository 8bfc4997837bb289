import type { Test } from 'tap';
import { EVENT_CATALOG } from '#domain/all-events.js';
import { FOLDS, PROJECTIONS } from '#src/process/read-side/folds.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { indexNames } from '#src/engine/read-models/model-fold.js';
import { createMemoryEventStore } from '../../fixtures/memory-event-store.js';
import {
  group,
  place as at,
  placed,
  specification,
  started,
  submitted,
  updated,
} from '../../projections/events.js';
import { Batch } from '#src/engine/read-models/batch.js';
import { ModelFold } from '#src/engine/read-models/model-fold.js';
import type { GenerationCommit, ModelStorage } from '#src/engine/read-models/storage.js';
import { survey } from '#src/engine/read-models/survey.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import {
  altered,
  append,
  contents,
  contentsOf,
  expectedContents,
  listed,
  project,
  type OpenPlace,
  type ReadModelsPlace,
} from './fixture.js';
import { until } from './folding.js';

/** Tests checkpoints, generations, and engines that contend for them. */
export async function checkpointsContract(t: Test, open: OpenPlace): Promise<void> {
  await t.test('of two contending engines, one commits; the other throws and changes nothing', async (t) => {
    const [place, store] = [await open(), createMemoryEventStore()];
    await append(store, [submitted('j')]);
    await project(place, store);
    const [first, second] = [await laneOf(place, store), await laneOf(place, store)];
    t.teardown(() => Promise.all([first.storage.close(), second.storage.close()]));
    await append(store, [submitted('k'), placed(at('a', 'k'))]);
    // The adapter decides which engine wins: the first to commit, or the last to have opened the place.
    const failures: unknown[] = [];
    const folded: Batch[] = [];
    for (const { lane } of [first, second]) {
      try {
        for await (const page of store.readAll()) await lane.fold(page);
        folded.push(lane);
      } catch (error) {
        failures.push(error);
      }
    }
    for (const lane of folded) await lane.commit().catch((error: unknown) => failures.push(error));
    t.match(failures, [{ code: 'MUSTER_E_READ_MODEL_CONTESTED' }]);
    t.equal(failures.length, 1);
    t.strictSame(await contentsOf(place), await expectedContents(store));
  });

  await t.test('parked documents are listed until each is unparked', async (t) => {
    const storage = await (await open()).storage();
    t.teardown(() => storage.close());
    const { generation } = await storage.create('m', 1, []);
    const parkedOn = (id: string, position: bigint) => ({
      id,
      eventId: `e${position}`,
      position,
      type: 'T',
      error: `${id} does not fold`,
    });
    let expected: bigint | undefined;
    const commit = async (
      position: bigint,
      change: Pick<GenerationCommit, 'parked' | 'unparked'>,
    ): Promise<readonly string[]> => {
      const checkpoint = { storeId: 's', position, eventId: `e${position}`, previous: expected };
      await storage.commit([
        {
          generation,
          model: 'm',
          expected,
          checkpoint,
          sequence: 0,
          clearedAt: undefined,
          removed: [],
          rows: [],
          ...change,
        },
      ]);
      expected = position;
      return (await storage.parked(generation)).map(({ id }) => id);
    };
    t.strictSame(await commit(1n, { parked: [parkedOn('a', 1n), parkedOn('b', 1n)], unparked: [] }), [
      'a',
      'b',
    ]);
    t.strictSame(await commit(2n, { parked: [], unparked: ['a'] }), ['b']);
    t.strictSame(
      await commit(3n, { parked: [parkedOn('a', 3n)], unparked: ['b'] }),
      ['a'],
      'an unparked document can be parked again',
    );
    t.strictSame(await commit(4n, { parked: [], unparked: [] }), ['a']);
  });

  await t.test('rebuilds the models if the checkpoint belongs to another log', async (t) => {
    const place = await open();
    const [other, store] = [createMemoryEventStore({ id: 'log-1' }), createMemoryEventStore({ id: 'log-2' })];
    await append(other, [submitted('old'), submitted('older')]);
    await project(place, other);
    await append(store, [submitted('new')]);
    await project(place, store);
    t.strictSame(await contentsOf(place), await expectedContents(store));
  });

  await t.test('rebuilds the models if the log no longer contains the event of the checkpoint', async (t) => {
    const place = await open();
    const [before, after] = [createMemoryEventStore(), createMemoryEventStore()];
    await append(before, [submitted('a'), submitted('b'), submitted('c')]);
    await project(place, before);
    await append(after, [submitted('a'), submitted('x')]);
    await project(place, after);
    t.strictSame(
      await contentsOf(place),
      await expectedContents(after),
      'the models match a log that was truncated and then continued',
    );
    const replaced = createMemoryEventStore();
    await append(replaced, [submitted('a'), submitted('x')]);
    await project(place, replaced);
    t.strictSame(
      await contentsOf(place),
      await expectedContents(replaced),
      'the models match a log of the same events with other ids',
    );
  });

  await t.test('rebuilds only the model whose projection has a new version', async (t) => {
    const [place, store] = [await open(), createMemoryEventStore()];
    await append(store, [submitted('j'), submitted('k')]);
    await project(place, store);
    const storage = await place.storage();
    t.teardown(() => storage.close());
    const generations = async (): Promise<Record<string, number>> =>
      Object.fromEntries((await storage.generations()).map((each) => [each.model, each.generation]));
    const before = await generations();
    const newer = altered(PROJECTIONS, 'jobs', {
      version: 99,
      listIndexes: {},
      evolve: (document, event, id) => (document === undefined ? { jobId: id, made: event.type } : document),
    });
    await project(place, store, newer);
    const after = await generations();
    t.not(after.jobs, before.jobs);
    t.strictSame({ ...after, jobs: 0 }, { ...before, jobs: 0 });
    t.strictSame(await contentsOf(place, newer), await expectedContents(store, newer));
  });

  await t.test(
    'drops the generations of an unknown model, and resumes the first of two unfinished rebuilds',
    async (t) => {
      const [place, store] = [await open(), createMemoryEventStore()];
      await append(store, [submitted('j')]);
      await project(place, store);
      const storage = await place.storage();
      t.teardown(() => storage.close());
      const fewer = PROJECTIONS.filter(({ name }) => name !== 'jobs');
      const { version } = PROJECTIONS.find(({ name }) => name === 'allocations')!;
      const [first, second] = [
        await storage.create('allocations', version, []),
        await storage.create('allocations', version, []),
      ];
      const surveyed = await survey(store, storage, fewer);
      t.match(
        surveyed.find(({ projection }) => projection.name === 'allocations'),
        { live: { model: 'allocations' }, unfinished: { generation: first.generation } },
      );
      const left = await storage.generations();
      t.notOk(left.some(({ generation, model }) => model === 'jobs' || generation === second.generation));
      t.equal(left.filter(({ live }) => live).length, fewer.length);
    },
  );

  await t.test('a model is not served to a reader that expects another version', async (t) => {
    const [place, store] = [await open(), createMemoryEventStore()];
    await append(store, [submitted('j')]);
    await project(place, store);
    const models = place.models(altered(PROJECTIONS, 'jobs', { version: 99 }));
    t.teardown(() => models.close());
    await t.rejects(models.get('jobs', 'j'), { code: 'MUSTER_E_READ_MODEL_UNAVAILABLE' });
    t.equal(await models.count('allocations'), 0, 'the other models are served');
  });

  await t.test(
    'a rebuild serves the old documents until the new ones replace them, and misses no events',
    async (t) => {
      const [place, store] = [await open(), createMemoryEventStore()];
      await append(
        store,
        Array.from({ length: 200 }, (_, n) => submitted(`j${n}`)),
      );
      await project(place, store);
      const storage = await place.storage();
      const models = place.models();
      t.teardown(() => Promise.all([storage.close(), models.close()]));
      const stop = new AbortController();
      const engine = new ReadModelEngine({
        ...FOLDS,
        store,
        storage,
      });
      const run = engine.run(stop.signal);
      await until(() => engine.progress.caughtUp, run);
      const generation = (await storage.generations()).find((each) => each.model === 'jobs')?.generation;
      const rebuilds = Promise.all([
        engine.rebuild('jobs'),
        engine.rebuild('jobs'),
        engine.rebuild('allocations'),
      ]);
      t.ok(await models.get('jobs', 'j7'), 'a document is served during the rebuild');
      const page = models.list('jobs')[Symbol.asyncIterator]();
      const first = await page.next();
      let position = 0n;
      for (let n = 0; n < 50; n += 1)
        position = await append(store, [
          updated(`j${n}`, specification(group('web', 2))),
          placed(at(`a${n}`, `j${n}`)),
          started(at(`a${n}`, `j${n}`)),
        ]);
      await rebuilds;
      await until(() => engine.progress.position >= position, run);
      t.equal(first.value?.length, 200);
      t.strictSame(await contents(models), await expectedContents(store));
      const live = (await storage.generations()).filter((each) => each.model === 'jobs');
      t.equal(live.length, 1, 'the old generation is gone');
      t.not(live[0]?.generation, generation);
      await t.rejects(engine.rebuild('nothing'), { code: 'MUSTER_E_READ_MODEL_UNKNOWN' });
      stop.abort();
      await run;
    },
  );

  await t.test('an unfinished rebuild resumes where it stopped', async (t) => {
    const [place, store] = [await open(), createMemoryEventStore()];
    await append(
      store,
      Array.from({ length: 50 }, (_, n) => submitted(`j${n}`)),
    );
    await project(place, store);
    const storage = await place.storage();
    // This is what a killed engine leaves: a second generation that is not live yet.
    const projection = PROJECTIONS.find(({ name }) => name === 'jobs')!;
    const unfinished = await storage.create('jobs', projection.version, indexNames(projection));
    await storage.close();
    await project(place, store);
    const models = place.models();
    t.teardown(() => models.close());
    t.strictSame(await contents(models), await expectedContents(store));
    const again = await place.storage();
    t.teardown(() => again.close());
    t.match(
      (await again.generations()).filter((each) => each.model === 'jobs'),
      [{ generation: unfinished.generation, live: true }],
    );
  });

  await t.test(
    'lists documents in pages, in creation order, with a filter, a starting point and a limit',
    async (t) => {
      const [place, store] = [await open(), createMemoryEventStore()];
      const jobs = Array.from({ length: 450 }, (_, n) => `j${n}`);
      await append(store, [
        ...jobs.map((id) => submitted(id)),
        started(at('none', 'j3')),
        placed(at('a', 'j3')),
        started(at('a', 'j3')),
      ]);
      await project(place, store);
      const models = place.models();
      t.teardown(() => models.close());
      const ids = async (
        ...options: Parameters<typeof listed> extends [unknown, unknown, ...infer Rest] ? Rest : never
      ): Promise<string[]> => (await listed(models, 'jobs', ...options)).map(({ id }) => id);
      t.strictSame(await ids(), jobs);
      t.strictSame(await ids({ after: 'j200', limit: 3 }), ['j201', 'j202', 'j203']);
      t.strictSame(await ids({ where: { index: 'status', value: 'running' } }), ['j3']);
      t.strictSame(await ids({ where: { index: 'status', value: 'pending' }, after: 'j2', limit: 2 }), [
        'j4',
        'j5',
      ]);
      t.strictSame(await ids({ where: { index: 'status', value: 'lost' } }), []);
      t.strictSame(await ids({ where: { index: 'status', value: ['running', 'lost'] } }), ['j3']);
      t.strictSame(
        await ids({ where: { index: 'status', value: ['running', 'pending'] }, after: 'j2', limit: 2 }),
        ['j3', 'j4'],
        'a filter matches any of several values',
      );
      t.strictSame(
        await ids({
          newest: true,
          where: { index: 'status', value: ['pending', 'running'] },
          after: 'j4',
          limit: 2,
        }),
        ['j3', 'j2'],
      );
      t.strictSame(await ids({ where: { index: 'status', value: [] } }), []);
      t.equal(await models.count('jobs', { index: 'status', value: ['running', 'pending'] }), 450);
      t.strictSame(await ids({ after: 'unknown' }), []);
      t.strictSame(await ids({ limit: 0 }), []);
      t.strictSame(
        await ids({ newest: true, limit: 3 }),
        ['j449', 'j448', 'j447'],
        'a list can start with the newest document',
      );
      t.strictSame(await ids({ newest: true, where: { index: 'status', value: 'running' } }), ['j3']);
      t.strictSame(await ids({ newest: true, where: { index: 'status', value: 'none' } }), []);
      t.strictSame(
        await ids({ newest: true, after: 'j201', limit: 2 }),
        ['j200', 'j199'],
        'a newest-first list continues with the documents older than the given one',
      );
      t.strictSame(await ids({ newest: true, after: 'j4', where: { index: 'status', value: 'pending' } }), [
        'j2',
        'j1',
        'j0',
      ]);
      t.strictSame(await ids({ newest: true, after: 'unknown' }), []);
      t.equal((await ids({ newest: true })).length, 200, 'a newest-first list has at most one page');
      t.equal(await models.count('jobs'), 450);
      t.equal(await models.count('jobs', { index: 'status', value: 'pending' }), 449);
      await t.rejects(listed(models, 'jobs', { where: { index: 'nothing', value: '' } }), RangeError);
      await t.rejects(
        listed(models, 'jobs', { newest: true, where: { index: 'nothing', value: '' } }),
        RangeError,
      );
      const created = (await listed(models, 'jobs')).map((each) => each.created);
      t.ok(created.every((each, index) => index === 0 || each > created[index - 1]!));
    },
  );
}

/** Opens the live generations as a separate engine would. */
async function laneOf(
  place: ReadModelsPlace,
  store: EventStore,
): Promise<{ lane: Batch; storage: ModelStorage }> {
  const storage = await place.storage();
  const folds: ModelFold[] = [];
  for (const state of await storage.generations()) {
    const projection = PROJECTIONS.find((each) => each.name === state.model);
    if (projection !== undefined) folds.push(await ModelFold.open(storage, projection, state));
  }
  return { lane: new Batch({ store, storage, catalog: EVENT_CATALOG, folds }), storage };
}
