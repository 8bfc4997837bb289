import t from 'tap';
import { createMemoryEventStore } from '#src/engine/event-store/index.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { openTemporaryStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { PROJECTIONS } from '#src/server/folds.js';
import { altered, append } from '../../../contract/read-models/fixture.js';
import { submitted } from '../../../projections/events.js';

const JOBS = 4_500;
/** By so much, at most, the page that fills a commit goes beyond it here. */
const PAGE = 500;

void t.test(
  'what is built next to live models is written in smaller commits than what is built alone',
  async (t) => {
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
    await new ReadModelEngine({ store, storage, projections: PROJECTIONS }).run();
    t.ok(Math.max(...sizes) === JOBS, `alone: ${sizes.join(', ')}`);
    sizes = [];
    await new ReadModelEngine({
      store,
      storage,
      projections: altered(PROJECTIONS, 'jobs', { version: 99 }),
    }).run();
    t.ok(
      Math.max(...sizes) >= 2_000 && Math.max(...sizes) < 2_000 + PAGE,
      `next to live ones: ${sizes.join(', ')}`,
    );
  },
);
