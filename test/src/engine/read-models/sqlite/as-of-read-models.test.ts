import t, { type Test } from 'tap';
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { FOLDS, PROJECTIONS } from '#src/process/read-side/folds.js';
import { AsOfReadModels } from '#src/engine/read-models/sqlite/as-of-read-models.js';
import { READ_MODELS_FILE } from '#src/engine/read-models/sqlite/schema.js';
import { openSqliteStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { Sqlite } from '#src/engine/sqlite.js';
import { altered, append } from '../../../../contract/read-models/fixture.js';
import { PATIENCE } from '../../../../fixtures/eventually.js';
import { createMemoryEventStore } from '../../../../fixtures/memory-event-store.js';
import { pastProblems, project } from '../../../../fixtures/past-oracle.js';
import { arbitraryHistory } from '../../../../projections/arbitrary-history.js';
import { stopped, submitted, updated } from '../../../../projections/events.js';

t.setTimeout(300_000 * PATIENCE);

const root = await mkdtemp(join(tmpdir(), 'muster-as-of-'));
t.teardown(() => rm(root, { recursive: true, force: true }));
let folders = 0;

function newFolder(): string {
  folders += 1;
  const directory = join(root, String(folders));
  mkdirSync(directory);
  return directory;
}

function asOf(store: EventStore, directory: string): AsOfReadModels {
  return new AsOfReadModels({ ...FOLDS, directory, store });
}

/** Compares every read as of a position with the same read of models that folded nothing later. */
async function compare(t: Test, store: EventStore, directory: string, position: bigint): Promise<void> {
  t.strictSame(await pastProblems(store, directory, position), [], `as of ${position}`);
}

async function positionsOf(store: EventStore): Promise<readonly bigint[]> {
  const positions: bigint[] = [];
  for await (const page of store.readAll()) positions.push(...page.map(({ position }) => position));
  return positions;
}

void t.test('a read as of any position returns the documents that a fold up to it gives', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryHistory(60), { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(), { minLength: 2, maxLength: 2 }),
      async (parts, choices) => {
        const [store, directory] = [createMemoryEventStore(), newFolder()];
        for (const part of parts) {
          await append(store, part);
          await project(store, directory);
        }
        const positions = await positionsOf(store);
        if (positions.length === 0) return;
        for (const choice of choices)
          await compare(t, store, directory, positions[choice % positions.length]!);
        if (!t.passing()) throw new Error('an answer differs');
        await rm(directory, { recursive: true });
      },
    ),
    { numRuns: 12 },
  );
});

void t.test('reconstructs documents with many changes from frames', async (t) => {
  const [store, directory] = [createMemoryEventStore(), newFolder()];
  const [history] = fc.sample(fc.array(arbitraryHistory(100), { minLength: 30, maxLength: 30 }), {
    numRuns: 1,
    seed: 7,
  });
  for (const part of history!) {
    await append(
      store,
      part.filter(({ type }) => type !== 'ClusterCleared'),
    );
    await project(store, directory);
  }
  t.ok(framesIn(directory) > 0, `${framesIn(directory)} frames are stored`);
  const positions = await positionsOf(store);
  for (const part of [0.3, 0.6, 0.9])
    await compare(t, store, directory, positions[Math.floor(part * positions.length)]!);
});

void t.test('shows a document as parked only from the event on that parked it', async (t) => {
  const [store, directory] = [createMemoryEventStore(), newFolder()];
  const poisoned = altered(PROJECTIONS, 'jobs', {
    evolve: (document, event, id) => {
      if (event.type === 'JobStopped') throw new Error('cannot be folded');
      return PROJECTIONS.find(({ name }) => name === 'jobs')!.evolve(document, event, id);
    },
  });
  const first = await append(store, [submitted('j')]);
  await append(store, [stopped('j')]);
  await append(store, [updated('j')]);
  await project(store, directory, true, poisoned);
  const past = asOf(store, directory);
  t.teardown(() => past.close());
  const [head] = (await positionsOf(store)).slice(-1);
  t.match(await past.at(first).get('jobs', 'j'), { parked: false });
  t.match(await past.at(head!).get('jobs', 'j'), { parked: true });
});

void t.test('builds history once it is switched on, and refuses reads of the past until then', async (t) => {
  const [store, directory] = [createMemoryEventStore(), newFolder()];
  const position = await append(store, [submitted('j')]);
  await project(store, directory, false);
  const past = asOf(store, directory);
  t.teardown(() => past.close());
  await t.rejects(past.at(position).get('jobs', 'j'), { code: 'MUSTER_E_HISTORY_BUILDING', status: 503 });
  t.equal(past.built(), 0);
  await project(store, directory);
  t.equal(past.built(), undefined);
  t.match(await past.at(position).get('jobs', 'j'), { id: 'j' });
  await project(store, directory, false);
  await t.rejects(past.at(position).get('jobs', 'j'), { code: 'MUSTER_E_HISTORY_BUILDING' });
});

/** Prunes everything before a position, as if it had been recorded long ago. Returns the number of steps. */
async function prune(directory: string, position: bigint): Promise<number> {
  const db = new Sqlite(join(directory, READ_MODELS_FILE));
  db.prepare('DELETE FROM log_samples').run();
  db.prepare('INSERT INTO log_samples VALUES (?, 1000, 1)').run(position);
  db.close();
  const storage = openSqliteStorage(directory, { history: true });
  let steps = 0;
  try {
    while (await storage.pruneHistory(1000)) steps += 1;
  } finally {
    await storage.close();
  }
  return steps;
}

function rowsOf(directory: string): number {
  const db = new Sqlite(join(directory, READ_MODELS_FILE), { readonly: true });
  const tables = db
    .prepare<[], string>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND (name LIKE '%touches' OR name LIKE '%lives' OR name LIKE '%held' OR name LIKE '%frames')",
    )
    .pluck(true)
    .all();
  const rows = tables.reduce(
    (sum, name) => sum + Number(db.prepare(`SELECT count(*) FROM "${name}"`).pluck(true).get()),
    0,
  );
  db.close();
  return rows;
}

void t.test('serves pruned history from its earliest retained position on', async (t) => {
  const [store, directory] = [createMemoryEventStore(), newFolder()];
  const [history] = fc.sample(fc.array(arbitraryHistory(100), { minLength: 20, maxLength: 20 }), {
    numRuns: 1,
    seed: 11,
  });
  for (const part of history!) {
    await append(store, part);
    await project(store, directory);
  }
  const positions = await positionsOf(store);
  const place = (part: number): bigint => positions[Math.floor(part * (positions.length - 1))]!;
  const before = rowsOf(directory);
  t.ok((await prune(directory, place(0.5))) > PROJECTIONS.length, 'the history is pruned in several steps');
  t.ok(rowsOf(directory) < before * 0.8, `${rowsOf(directory)} of ${before} rows are left`);
  const past = asOf(store, directory);
  t.teardown(() => past.close());
  t.same(past.keptFrom(), { position: place(0.5), time: 1000 });
  for (const part of [0.5, 0.51, 0.75, 1]) await compare(t, store, directory, place(part));
  // Later events change documents with a pruned history, which is then pruned further.
  await append(store, history![0]!);
  await project(store, directory);
  await prune(directory, place(0.75));
  for (const part of [0.75, 0.9, 1]) await compare(t, store, directory, place(part));
  t.equal(
    await prune(directory, place(0.5)),
    await prune(directory, place(0.5)),
    'pruning to an earlier moment changes nothing',
  );
  t.equal(past.keptFrom()?.position, place(0.75));
});

void t.test('rebuilds the complete history when it is switched off and on again after pruning', async (t) => {
  const [store, directory] = [createMemoryEventStore(), newFolder()];
  await append(store, [submitted('a'), stopped('a'), submitted('b')]);
  await project(store, directory);
  const positions = await positionsOf(store);
  await prune(directory, positions[1]!);
  await project(store, directory, false);
  await project(store, directory);
  const past = asOf(store, directory);
  t.teardown(() => past.close());
  t.equal(past.keptFrom(), undefined);
  await compare(t, store, directory, positions[0]!);
});

function framesIn(directory: string): number {
  const db = new Sqlite(join(directory, READ_MODELS_FILE), { readonly: true });
  const tables = db
    .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%_frames'")
    .pluck()
    .all();
  const count = (table: string): number =>
    db.prepare(`SELECT count(*) FROM "${table}"`).pluck().get() as number;
  const sum = tables.reduce((total, table) => total + count(table), 0);
  db.close();
  return sum;
}
