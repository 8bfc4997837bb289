import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { FOLDS } from '#src/process/read-side/folds.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { verify } from '#src/engine/read-models/index.js';
import { READ_MODELS_FILE } from '#src/engine/read-models/sqlite/schema.js';
import { openSqliteStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { append } from '../../../../contract/read-models/fixture.js';
import { PATIENCE } from '../../../../fixtures/eventually.js';
import { pastProblems } from '../../../../fixtures/past-oracle.js';
import { arbitraryHistory } from '../../../../projections/arbitrary-history.js';

t.setTimeout(300_000 * PATIENCE);

/** Builds and rebuilds all models with their history until it is killed. */
const BUILDER = fileURLToPath(new URL('../killed-child.js', import.meta.url));
const LIVES = 6;
/** Range of the time, in milliseconds, after which a builder is killed. A whole build takes a few hundred. */
const KILLED_WITHIN = 400;

interface Life {
  readonly events: Parameters<typeof append>[1];
  /** Whether the builder starts without read models. */
  readonly anew: boolean;
  readonly killedAfter: number;
  /** Place in the log at which the past is read, in thousandths. */
  readonly place: number;
}

const life: fc.Arbitrary<Life> = fc.record({
  events: fc.array(arbitraryHistory(100), { minLength: 4, maxLength: 4 }).map((parts) => parts.flat()),
  anew: fc.boolean(),
  killedAfter: fc.nat(KILLED_WITHIN),
  place: fc.nat(1000),
});

void t.test('reads every moment correctly after its builder was killed at any moment', async (t) => {
  const directory = t.testdir();
  const store = await openSqliteEventStore({ directory });
  t.teardown(() => store.close());
  const seed = Math.floor(Math.random() * 2 ** 31);
  t.comment(`seed ${seed}`);
  const [lives] = fc.sample(fc.array(life, { minLength: LIVES, maxLength: LIVES }), { numRuns: 1, seed });
  for (const { events, anew, killedAfter, place } of lives!) {
    const head = await append(store, events);
    if (head < 0n) continue;
    if (anew)
      for (const suffix of ['', '-wal', '-shm'])
        await rm(join(directory, `${READ_MODELS_FILE}${suffix}`), { force: true });
    const builder = spawn(process.execPath, [BUILDER, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(builder, 'exit');
    await once(builder.stdout, 'data');
    await systemClock.sleep(killedAfter);
    builder.kill('SIGKILL');
    t.strictSame(await exit, [null, 'SIGKILL'], 'the builder was killed');
    const storage = openSqliteStorage(directory);
    await new ReadModelEngine({ ...FOLDS, store, storage }).run();
    await storage.close();
    const position = (head * BigInt(place)) / 1000n;
    const about = `seed ${seed}, killed after ${killedAfter} ms, as of ${position} of ${head}`;
    t.strictSame(await pastProblems(store, directory, position), [], about);
    const { findings } = await verify({
      ...FOLDS,
      eventStore: store,
      directory,
    });
    t.strictSame(findings, [], about);
  }
});
