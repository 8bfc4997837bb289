import t from 'tap';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { openTemporaryStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { FOLDS, PROJECTIONS } from '#src/process/read-side/folds.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { altered, append } from '../../../contract/read-models/fixture.js';
import { submitted } from '../../../projections/events.js';

const JOBS = 4_500;
/** Maximum number of events by which the last page of a commit exceeds the limit in this test. */
const PAGE = 500;

void t.test('commits smaller batches during a rebuild while other models are live', async (t) => {
  const store = createMemoryEventStore();
  await append(
    store,
    Array.from({ length: JOBS }, (_, n) => submitted(`j${n}`)),
  );
  const storage = openTemporaryStorage();
  t.teardown(() => storage.close());
  let sizes: number[] = [];
  const commit = storage.commit.bind(storage);
  storage.commit = async (commits) => {
    sizes.push(Math.max(...commits.map(({ rows }) => rows.length)));
    await commit(commits);
  };
  await new ReadModelEngine({ ...FOLDS, store, storage }).run();
  t.ok(Math.max(...sizes) === JOBS, `batch sizes without live models: ${sizes.join(', ')}`);
  sizes = [];
  await new ReadModelEngine({
    ...FOLDS,
    store,
    storage,
    projections: altered(PROJECTIONS, 'jobs', { version: 99 }),
  }).run();
  t.ok(
    Math.max(...sizes) >= 2_000 && Math.max(...sizes) < 2_000 + PAGE,
    `batch sizes with live models: ${sizes.join(', ')}`,
  );
});
