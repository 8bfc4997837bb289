import t, { type Test } from 'tap';
import { mkdirSync } from 'node:fs';
import { Sqlite } from '#src/engine/sqlite.js';
import { join } from 'node:path';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { PROJECTIONS } from '#src/process/read-side/folds.js';
import {
  openEventStoreReadOnly,
  openSqliteEventStore,
  type SqliteEventStore,
} from '#src/engine/event-store/index.js';
import { openReadModels, startProjector, verify, type Finding } from '#src/engine/read-models/index.js';
import { openSqliteStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { FOLDS } from '#src/process/index.js';
import { altered, append, historyOf, project } from '../../../../contract/read-models/fixture.js';
import { PATIENCE } from '../../../../fixtures/eventually.js';
import {
  group,
  place as at,
  deleted,
  placed,
  registered,
  released,
  specification,
  started,
  stopped,
  submitted,
  updated,
} from '../../../../projections/events.js';
import { plainFold } from '../../../../projections/plain-fold.js';

t.setTimeout(120_000 * PATIENCE);

interface DataDirectory {
  readonly directory: string;
  readonly events: SqliteEventStore;
  projectAll(projections?: typeof PROJECTIONS): Promise<void>;
}

/** A data directory with a log and matching models. */
async function dataDirectory(t: Test): Promise<DataDirectory> {
  const directory = t.testdir();
  const events = await openSqliteEventStore({ directory });
  t.teardown(() => events.close());
  const place = {
    storage: async () => openSqliteStorage(directory),
    models: () => openReadModels({ projections: FOLDS.projections, directory, clock: systemClock }),
  };
  const projectAll = async (projections = PROJECTIONS): Promise<void> => {
    await project(place, events, projections);
  };
  await append(events, [
    registered('n1'),
    ...Array.from({ length: 20 }, (_, n) => [
      submitted(`j${n}`),
      placed(at(`a${n}`, `j${n}`)),
      started(at(`a${n}`, `j${n}`)),
    ]).flat(),
  ]);
  await projectAll();
  return { directory, events, projectAll };
}

/** Changes the models' file directly, without the projector. */
function tamper(directory: string, sql: (table: (model: string) => string) => string): void {
  const db = new Sqlite(join(directory, 'read-models.db'));
  const generations = new Map(
    db
      .prepare<[], { model: string; generation: number }>('SELECT model, generation FROM generations')
      .all()
      .map((row) => [row.model, row.generation]),
  );
  db.exec(sql((model) => `"${model}_${generations.get(model)}"`));
  db.close();
}

const inShort = (findings: readonly Finding[]): unknown[] =>
  findings.map(({ subject, id, problem, path }) => [subject, id, problem, path]);

void t.test('accepts models that match the events', async (t) => {
  const { directory } = await dataDirectory(t);
  const eventStore = openEventStoreReadOnly(directory);
  t.teardown(() => eventStore.close());
  const verification = await verify({
    ...FOLDS,
    eventStore,
    directory,
  });
  t.match(verification, { holds: true, findings: [], parked: [] });
  t.match(
    verification.models.find((each) => each.model === 'jobs'),
    { documents: 20, findings: 0 },
  );
});

/** Adds documents with everything that the history records: many changes, lost index values and ends. */
async function writeHistory({ events, projectAll }: DataDirectory): Promise<void> {
  await append(events, [
    ...Array.from({ length: 70 }, (_, epoch) => registered('n1', epoch + 2)),
    released(at('a1', 'j1'), 'failed'),
    deleted('j1'),
  ]);
  await projectAll();
}

/** Statements that each alter one row. `{table}` stands for the table of a model that has rows. */
const ALTERED = {
  touches:
    'UPDATE {table} SET position = 9 WHERE (sequence, position) = (SELECT sequence, position FROM {table})',
  lives: 'UPDATE {table} SET ended = ended + 1 WHERE sequence = (SELECT sequence FROM {table})',
  held: `UPDATE {table} SET value = 'x' WHERE (of_index, value, sequence) = (SELECT of_index, value, sequence FROM {table})`,
  frames: `UPDATE {table} SET json = '{}' WHERE sequence = (SELECT sequence FROM {table})`,
  log_samples:
    'UPDATE {table} SET created = created - 1 WHERE position = (SELECT max(position) FROM {table})',
  log_counts: 'UPDATE {table} SET failures = failures + 1 WHERE start = (SELECT start FROM {table})',
  log_blocks: 'UPDATE {table} SET first = first + 1',
  log_mentions: `UPDATE {table} SET offsets = x'0900' WHERE key = (SELECT key FROM {table})`,
};

void t.test('finds an altered row of each table of the history, and names the table', async (t) => {
  const data = await dataDirectory(t);
  await writeHistory(data);
  const { directory, events } = data;
  for (const [kind, sql] of Object.entries(ALTERED)) {
    const copy = join(directory, kind);
    mkdirSync(copy);
    const db = new Sqlite(join(directory, 'read-models.db'));
    db.exec(`VACUUM INTO '${join(copy, 'read-models.db')}'`);
    db.close();
    const altering = new Sqlite(join(copy, 'read-models.db'));
    const table = altering
      .prepare<[], string>(`SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%${kind}'`)
      .pluck()
      .all()
      .find((name) => altering.prepare(`SELECT 1 FROM "${name}"`).get() !== undefined)!;
    altering.exec(sql.replaceAll('{table}', `"${table}"`));
    altering.close();
    const { findings } = await verify({
      ...FOLDS,
      eventStore: events,
      directory: copy,
    });
    const [model] = table.split('_');
    const subject = kind.startsWith('log') ? 'index of the log' : model;
    t.match(findings, [{ check: 'history', subject, id: kind }], kind);
    t.ok(
      findings.every((finding) => finding.id === kind),
      'nothing else is reported',
    );
  }
});

void t.test(
  'accepts a history while and after it is pruned, and finds a row that is still needed',
  async (t) => {
    const data = await dataDirectory(t);
    await writeHistory(data);
    const { directory, events, projectAll } = data;
    const findings = async () =>
      (
        await verify({
          ...FOLDS,
          eventStore: events,
          directory,
        })
      ).findings;
    const storage = openSqliteStorage(directory);
    let steps = 0;
    while (await storage.pruneHistory(Date.now())) {
      steps += 1;
      if (steps % 40 === 0) t.same(await findings(), [], `after ${steps} steps`);
    }
    await storage.close();
    t.ok(steps > 80, `${steps} steps`);
    await append(events, [updated('j3'), stopped('j4'), deleted('j5')]);
    await projectAll();
    t.same(await findings(), []);
    tamper(directory, (table) => `DELETE FROM ${table('jobs').replace(/"$/, '_lives"')}`);
    t.match(await findings(), [{ check: 'history', subject: 'jobs', id: 'lives', problem: 'lacks a row' }]);
  },
);

void t.test('finds a planted change and reports the first difference', async (t) => {
  const { directory, events } = await dataDirectory(t);
  tamper(
    directory,
    (table) =>
      `UPDATE ${table('jobs')} SET json = json_set(json, '$.slots.web[0].status', 'complete') WHERE id = 'j7'`,
  );
  const { holds, findings } = await verify({
    ...FOLDS,
    eventStore: events,
    directory,
  });
  t.notOk(holds);
  t.strictSame(findings, [
    {
      check: 'read-models',
      subject: 'jobs',
      id: 'j7',
      problem: 'changed',
      path: '/slots/web/0/status',
      actual: '"complete"',
      expected: '"running"',
    },
  ]);
});

void t.test('finds an event that a model skipped', async (t) => {
  const { directory, events, projectAll } = await dataDirectory(t);
  await append(events, [updated('j3', specification(group('web', 2))), submitted('new')]);
  const jobs = PROJECTIONS.find((each) => each.name === 'jobs')!;
  await projectAll(
    altered(PROJECTIONS, 'jobs', {
      touches: (event) => (event.type === 'JobUpdated' ? [] : jobs.touches(event)),
    }),
  );
  const { findings } = await verify({
    ...FOLDS,
    eventStore: events,
    directory,
  });
  t.strictSame(inShort(findings), [['jobs', 'j3', 'changed', '/evaluationId']]);
});

void t.test('finds missing, extra and wrongly indexed documents', async (t) => {
  const { directory, events } = await dataDirectory(t);
  tamper(
    directory,
    (table) => `
    DELETE FROM ${table('allocations')} WHERE id = 'a3';
    UPDATE ${table('allocations')} SET by_node = 'elsewhere' WHERE id = 'a4';
    UPDATE ${table('allocations')} SET json = 'nonsense' WHERE id = 'a5';
    INSERT INTO ${table('nodes')} (sequence, id, created, applied, parked, json) VALUES (99, 'ghost', 99, 99, 0, '{}');
  `,
  );
  const { findings } = await verify({
    ...FOLDS,
    eventStore: events,
    directory,
  });
  t.strictSame(inShort(findings), [
    ['allocations', 'a4', 'is indexed incorrectly', undefined],
    ['allocations', 'a5', 'changed', ''],
    ['allocations', 'a3', 'missing', ''],
    ['nodes', 'ghost', 'extra', ''],
  ]);
});

void t.test('shows the beginning of a long missing or extra document', async (t) => {
  const { directory, events, projectAll } = await dataDirectory(t);
  await append(events, [submitted('long', specification(group('x'.repeat(60), 9)))]);
  await projectAll();
  tamper(directory, (table) => `UPDATE ${table('jobs')} SET id = 'other' WHERE id = 'long'`);
  const jobs = PROJECTIONS.find((each) => each.name === 'jobs')!;
  const beginning = JSON.stringify(plainFold(jobs, await historyOf(events)).get('long')).slice(0, 200);
  const { findings } = await verify({
    ...FOLDS,
    eventStore: events,
    directory,
  });
  t.strictSame(findings, [
    { check: 'read-models', subject: 'jobs', id: 'other', problem: 'extra', path: '', actual: beginning },
    { check: 'read-models', subject: 'jobs', id: 'long', problem: 'missing', path: '', expected: beginning },
  ]);
});

void t.test('lists a hundred findings per model and the total', async (t) => {
  const { directory, events, projectAll } = await dataDirectory(t);
  await append(
    events,
    Array.from({ length: 90 }, (_, n) => submitted(`more-${n}`)),
  );
  await projectAll();
  tamper(
    directory,
    (table) => `UPDATE ${table('jobs')} SET json = '{}'; UPDATE ${table('nodes')} SET json = '{}'`,
  );
  const { findings, models } = await verify({
    ...FOLDS,
    eventStore: events,
    directory,
  });
  t.equal(findings.filter(({ subject }) => subject === 'jobs').length, 100);
  t.match(
    models
      .filter(({ model }) => model === 'jobs' || model === 'nodes')
      .map((each) => [each.model, each.findings]),
    [
      ['jobs', 110],
      ['nodes', 1],
    ],
  );
});

void t.test('accepts any order of documents of one event', async (t) => {
  const { directory, events, projectAll } = await dataDirectory(t);
  const projections = altered(PROJECTIONS, 'templates', {
    events: ['NodeRegistered'],
    touches: () => ['second', 'first'],
    evolve: (document) => document ?? {},
    version: 99,
  });
  await projectAll(projections);
  t.match(await verify({ ...FOLDS, projections, eventStore: events, directory }), {
    holds: true,
    findings: [],
  });
  tamper(directory, (table) => `UPDATE ${table('templates')} SET created = 99 WHERE id = 'second'`);
  t.strictSame(inShort((await verify({ ...FOLDS, projections, eventStore: events, directory })).findings), [
    ['templates', 'second', 'was created by another event', undefined],
    ['templates', 'first', 'is too late in the creation order', undefined],
  ]);
});

void t.test('accepts missing models after an import without a server run', async (t) => {
  const { directory, events } = await dataDirectory(t);
  const imported = { projections: FOLDS.projections, eventStore: events, mayBeUnbuilt: true };
  t.match(await verify({ ...FOLDS, ...imported, directory: join(directory, 'imported') }), {
    holds: true,
    models: [],
    findings: [],
  });
  tamper(directory, (table) => `DELETE FROM ${table('nodes')}`);
  t.strictSame(inShort((await verify({ ...FOLDS, ...imported, directory })).findings), [
    ['nodes', 'n1', 'missing', ''],
  ]);
});

void t.test('ignores the order of keys', async (t) => {
  const { directory, events } = await dataDirectory(t);
  tamper(directory, (table) => `UPDATE ${table('nodes')} SET json = json_object('epoch', 1) WHERE id = 'n1'`);
  t.match((await verify({ ...FOLDS, eventStore: events, directory })).findings, [
    { subject: 'nodes', path: '/attributes' },
  ]);
  const nodes = PROJECTIONS.find((each) => each.name === 'nodes')!;
  const node = plainFold(nodes, await historyOf(events)).get('n1') as Record<string, unknown>;
  const reversed = JSON.stringify(Object.fromEntries(Object.entries(node).reverse()));
  tamper(directory, (table) => `UPDATE ${table('nodes')} SET json = '${reversed}' WHERE id = 'n1'`);
  t.ok((await verify({ ...FOLDS, eventStore: events, directory })).holds);
});

void t.test('reports a missing model, and the findings of additional checks', async (t) => {
  const { directory, events } = await dataDirectory(t);
  tamper(directory, () => `UPDATE generations SET live = 0 WHERE model = 'templates'`);
  const check = {
    name: 'plan-log',
    run: async () => [{ check: 'plan-log', subject: 'node n1', problem: 'holds more than it has' }],
  };
  const { holds, findings } = await verify({
    ...FOLDS,
    eventStore: events,
    directory,
    checks: [check],
  });
  t.notOk(holds);
  t.match(findings, [
    { subject: 'templates', problem: /does not exist/ },
    { check: 'plan-log', subject: 'node n1' },
  ]);
});

void t.test('refuses to verify without a file', async (t) => {
  const directory = t.testdir();
  const events = await openSqliteEventStore({ directory });
  t.teardown(() => events.close());
  await t.rejects(verify({ ...FOLDS, eventStore: events, directory }), {
    code: 'MUSTER_E_READ_MODEL_UNAVAILABLE',
  });
});

void t.test('lists parked documents separately', async (t) => {
  const { directory, events, projectAll } = await dataDirectory(t);
  await append(events, [updated('j3'), updated('j4')]);
  const jobs = PROJECTIONS.find((each) => each.name === 'jobs')!;
  await projectAll(
    altered(PROJECTIONS, 'jobs', {
      evolve: (document, event, id) => {
        if (event.type === 'JobUpdated' && id === 'j3') throw new Error('poison');
        return jobs.evolve(document, event, id);
      },
    }),
  );
  const { parked, findings } = await verify({
    ...FOLDS,
    eventStore: events,
    directory,
  });
  t.match(parked, [{ model: 'jobs', id: 'j3', type: 'JobUpdated', error: 'Error: poison' }]);
  t.match(
    findings,
    [{ subject: 'jobs', id: 'j3', problem: 'changed' }],
    'the correct fold of this program does not park the document',
  );
});

void t.test('succeeds while a server is running', async (t) => {
  const directory = t.testdir();
  const events = await openSqliteEventStore({ directory });
  const projector = startProjector({ entry: FOLDS.projector, eventStoreHandle: events.handle(), directory });
  t.teardown(async () => {
    await projector.close();
    await events.close();
  });
  await projector.ready;
  let going = true;
  const writing = (async () => {
    for (let n = 0; going; n += 1) await append(events, [submitted(`w${n}`), placed(at(`b${n}`, `w${n}`))]);
  })();
  const readOnly = openEventStoreReadOnly(directory);
  t.teardown(() => readOnly.close());
  for (let run = 0; run < 5; run += 1)
    t.strictSame(
      (
        await verify({
          ...FOLDS,
          eventStore: readOnly,
          directory,
        })
      ).findings,
      [],
    );
  going = false;
  await writing;
});

void t.test('finds a checkpoint that is not in the log', async (t) => {
  const { directory } = await dataDirectory(t);
  tamper(directory, () => `UPDATE generations SET event_id = 'another' WHERE model = 'jobs'`);
  const eventStore = openEventStoreReadOnly(directory);
  t.teardown(() => eventStore.close());
  const { holds, findings } = await verify({
    ...FOLDS,
    eventStore,
    directory,
  });
  t.equal(holds, false);
  t.same(inShort(findings), [['jobs', undefined, 'its checkpoint belongs to another log', undefined]]);
});
