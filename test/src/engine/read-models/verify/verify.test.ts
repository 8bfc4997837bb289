import t, { type Test } from 'tap';
import { Sqlite } from '#src/engine/sqlite.js';
import { join } from 'node:path';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { PROJECTIONS } from '#src/server/workers/folds.js';
import {
  openEventStoreReadOnly,
  openSqliteEventStore,
  type SqliteEventStore,
} from '#src/engine/event-store/index.js';
import { openReadModels, startProjector, verify, type Finding } from '#src/engine/read-models/index.js';
import { openSqliteStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { FOLDS } from '#src/server/index.js';
import { altered, append, historyOf, project } from '../../../../contract/read-models/fixture.js';
import {
  group,
  place as at,
  placed,
  registered,
  specification,
  started,
  submitted,
  updated,
} from '../../../../projections/events.js';
import { plainFold } from '../../../../projections/plain-fold.js';

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
  const verification = await verify({ projections: FOLDS.projections, eventStore, directory });
  t.match(verification, { holds: true, findings: [], parked: [] });
  t.match(
    verification.models.find((each) => each.model === 'jobs'),
    { documents: 20, findings: 0 },
  );
});

void t.test('finds a planted change and reports the first difference', async (t) => {
  const { directory, events } = await dataDirectory(t);
  tamper(
    directory,
    (table) =>
      `UPDATE ${table('jobs')} SET json = json_set(json, '$.slots.web[0].status', 'complete') WHERE id = 'j7'`,
  );
  const { holds, findings } = await verify({ projections: FOLDS.projections, eventStore: events, directory });
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
  const { findings } = await verify({ projections: FOLDS.projections, eventStore: events, directory });
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
  const { findings } = await verify({ projections: FOLDS.projections, eventStore: events, directory });
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
  const { findings } = await verify({ projections: FOLDS.projections, eventStore: events, directory });
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
    projections: FOLDS.projections,
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
  t.match(await verify({ projections, eventStore: events, directory }), { holds: true, findings: [] });
  tamper(directory, (table) => `UPDATE ${table('templates')} SET created = 99 WHERE id = 'second'`);
  t.strictSame(inShort((await verify({ projections, eventStore: events, directory })).findings), [
    ['templates', 'second', 'was created by another event', undefined],
    ['templates', 'first', 'is too late in the creation order', undefined],
  ]);
});

void t.test('accepts missing models after an import without a server run', async (t) => {
  const { directory, events } = await dataDirectory(t);
  const imported = { projections: FOLDS.projections, eventStore: events, mayBeUnbuilt: true };
  t.match(await verify({ ...imported, directory: join(directory, 'imported') }), {
    holds: true,
    models: [],
    findings: [],
  });
  tamper(directory, (table) => `DELETE FROM ${table('nodes')}`);
  t.strictSame(inShort((await verify({ ...imported, directory })).findings), [
    ['nodes', 'n1', 'missing', ''],
  ]);
});

void t.test('ignores the order of keys', async (t) => {
  const { directory, events } = await dataDirectory(t);
  tamper(directory, (table) => `UPDATE ${table('nodes')} SET json = json_object('epoch', 1) WHERE id = 'n1'`);
  t.match((await verify({ projections: FOLDS.projections, eventStore: events, directory })).findings, [
    { subject: 'nodes', path: '/attributes' },
  ]);
  const nodes = PROJECTIONS.find((each) => each.name === 'nodes')!;
  const node = plainFold(nodes, await historyOf(events)).get('n1') as Record<string, unknown>;
  const reversed = JSON.stringify(Object.fromEntries(Object.entries(node).reverse()));
  tamper(directory, (table) => `UPDATE ${table('nodes')} SET json = '${reversed}' WHERE id = 'n1'`);
  t.ok((await verify({ projections: FOLDS.projections, eventStore: events, directory })).holds);
});

void t.test('reports a missing model, and the findings of additional checks', async (t) => {
  const { directory, events } = await dataDirectory(t);
  tamper(directory, () => `UPDATE generations SET live = 0 WHERE model = 'templates'`);
  const check = {
    name: 'plan-log',
    run: async () => [{ check: 'plan-log', subject: 'node n1', problem: 'holds more than it has' }],
  };
  const { holds, findings } = await verify({
    projections: FOLDS.projections,
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
  await t.rejects(verify({ projections: FOLDS.projections, eventStore: events, directory }), {
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
    projections: FOLDS.projections,
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
      (await verify({ projections: FOLDS.projections, eventStore: readOnly, directory })).findings,
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
  const { holds, findings } = await verify({ projections: FOLDS.projections, eventStore, directory });
  t.equal(holds, false);
  t.same(inShort(findings), [['jobs', undefined, 'its checkpoint belongs to another log', undefined]]);
});
