import t from 'tap';
import { Sqlite } from '#src/engine/sqlite.js';
import { systemClock } from '#agents/clock/system-clock.js';
import { PROJECTIONS } from '#src/server/folds.js';
import { createMemoryEventStore } from '#src/engine/event-store/index.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { SqliteStorage } from '#src/engine/read-models/sqlite/sqlite-storage.js';
import { append } from '../../../../contract/read-models/fixture.js';
import { until } from '../../../../contract/read-models/folding.js';
import { submitted } from '../../../../projections/events.js';

void t.test('on a full disk the engine waits, and goes on when there is space', async (t) => {
  const store = createMemoryEventStore();
  const db = new Sqlite(':memory:');
  const storage = new SqliteStorage(db);
  const stop = new AbortController();
  let waits = 0;
  const clock = {
    sleep: (ms: number, signal?: Parameters<typeof systemClock.sleep>[1]) => {
      waits += 1;
      return systemClock.sleep(Math.min(ms, 5), signal);
    },
  };
  const engine = new ReadModelEngine({ store, storage, projections: PROJECTIONS, clock });
  const run = engine.run(stop.signal);
  await until(() => engine.progress.caughtUp, run);
  db.pragma(`max_page_count = ${String(db.pragma('page_count', { simple: true }))}`);
  const position = await append(
    store,
    Array.from({ length: 100 }, (_, n) => submitted(`j${n}`)),
  );
  await until(() => waits > 2, run);
  t.ok(engine.progress.position < position);
  db.pragma('max_page_count = 1000000');
  await until(() => engine.progress.position === position, run);
  stop.abort();
  await run;
  const live = (await storage.generations()).find((each) => each.model === 'jobs')!;
  t.equal((await storage.scan(live.generation, 0, 1000)).length, 100);
  await storage.close();
});
