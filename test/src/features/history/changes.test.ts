import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { emptyLogIndex } from '#src/engine/read-models/sqlite/log-index.js';
import { READ_MODELS_FILE } from '#src/engine/read-models/sqlite/schema.js';
import { Sqlite } from '#src/engine/sqlite.js';
import {
  deleted,
  exited,
  place,
  placed,
  released,
  started,
  stopped,
  submitted,
} from '../../../projections/events.js';
import { plainTask } from '../../../fixtures/plain-task.js';
import { aJob, openTestApi } from '../../http/support/test-api.js';
import { LOCAL_ACTOR } from '../../../fixtures/local-actor.js';

interface Page {
  readonly of: string;
  readonly changes: readonly {
    readonly position: string;
    readonly change: string;
    readonly type: string;
    readonly at: string;
  }[];
  readonly next: string | null;
}

const { say, happened, events } = await openTestApi(t);

const changes = async (query: string): Promise<Page> => {
  const { status, body } = await say('GET', `/audit/changes?${query}`);
  t.equal(status, 200, `${query}: ${body}`);
  return JSON.parse(body) as Page;
};
const typesOf = ({ changes: found }: Page): string[] => found.map(({ change, type }) => `${change} ${type}`);

await say('POST', '/jobs', aJob({ job_id: 'hello' }), { 'x-request-id': 'first-request' });
await say('POST', '/jobs', aJob({ job_id: 'other' }));
await happened(
  placed(place('a', 'hello', 0)),
  started(place('a', 'hello', 0)),
  exited(place('a', 'hello', 0)),
  released(place('a', 'hello', 0), 'failed'),
);
await say('DELETE', '/jobs/hello');

void t.test('lists the changes of an object, newest first, each with a sentence', async (t) => {
  const page = await changes('of=job:hello');
  t.match(page, { of: 'job:hello', next: null });
  t.match(page.changes.at(-1), {
    change: 'created',
    type: 'JobSubmitted',
    actor: LOCAL_ACTOR,
    sentence: 'job hello was submitted',
    stream: 'job-hello',
    revision: 0,
    correlation: 'first-request',
  });
  t.ok(typesOf(page).includes('changed JobStopped'));
  t.notOk(
    page.changes.some(({ position }) => position === '2'),
    'changes of other jobs are not listed',
  );
  t.strictSame((await changes('of=job:hello&direction=forwards')).changes, [...page.changes].reverse());
  t.match(await changes('of=allocation:a'), {
    changes: [{ type: 'AllocationReleased' }, {}, {}, { change: 'created' }],
  });
});

void t.test('pages through every change exactly once in both directions', async (t) => {
  const { changes: all } = await changes('of=job:hello');
  for (const [direction, bound, expected] of [
    ['backwards', 'to', all],
    ['forwards', 'from', [...all].reverse()],
  ] as const) {
    const found: unknown[] = [];
    for (let next: string | null = ''; next !== null;) {
      const page: Page = await changes(
        `of=job:hello&direction=${direction}&limit=1${next === '' ? '' : `&${bound}=${next}`}`,
      );
      found.push(...page.changes);
      next = page.next;
    }
    t.strictSame(found, expected);
  }
});

void t.test('accepts positions or times as inclusive bounds', async (t) => {
  const { changes: all } = await changes('of=job:hello');
  const [newest, before] = all;
  t.strictSame((await changes(`of=job:hello&from=${newest!.position}`)).changes, [newest]);
  t.strictSame((await changes(`of=job:hello&to=${before!.position}`)).changes, all.slice(1));
  const recorded = (await events()).find(({ position }) => String(position) === newest!.position)!.created;
  const time = (shift: number): string => new Date(recorded + shift).toISOString();
  t.strictSame((await changes(`of=job:hello&to=${time(0)}`)).changes, all);
  t.strictSame((await changes(`of=job:hello&from=${time(1)}`)).changes, []);
  t.strictSame((await changes(`of=job:hello&to=2001-01-01T00:00:00Z`)).changes, []);
  t.strictSame((await changes(`of=job:hello&from=2001-01-01T00:00:00%2B02:00`)).changes, all);
  t.strictSame(
    (await changes('of=job:hello&from=9999999999999999999')).changes,
    [],
    'a position beyond the head has no changes',
  );
});

void t.test('lists the commands that were run in the allocations of a job', async (t) => {
  const about = { sessionId: 's', allocationId: 'b', jobId: 'executed', nodeId: 'n', task: 'main' };
  const commands: readonly MusterEvent[] = [
    { type: 'TaskCommandStarted', data: { ...about, command: ['ls', '-l'], terminal: false } },
    { type: 'TaskCommandEnded', data: { ...about, exitCode: 3 } },
  ];
  await happened(submitted('executed'), submitted('executed-2'), ...commands, stopped('executed'));
  const page = await changes('of=job:executed');
  t.strictSame(typesOf(page), [
    'changed JobStopped',
    'changed TaskCommandEnded',
    'changed TaskCommandStarted',
    'created JobSubmitted',
  ]);
  t.match(page.changes[2], { sentence: /a command was run in task main of allocation b: "ls" "-l"/ });
  const first = await changes('of=job:executed&direction=forwards&limit=2');
  t.strictSame(typesOf(first), ['created JobSubmitted', 'changed TaskCommandStarted']);
  t.equal(first.next, page.changes[1]!.position);
  t.strictSame(typesOf(await changes('of=job:executed-2')), ['created JobSubmitted']);
  t.strictSame(typesOf(await changes(`of=job:executed&from=${first.next}&to=${first.next}`)), [
    'changed TaskCommandEnded',
  ]);
});

void t.test('lists the commands that were run in an allocation, and who ran them', async (t) => {
  const inJob = { jobId: 'of-two', nodeId: 'n', task: 'main' };
  const command = (allocationId: string, exitCode: number): MusterEvent => ({
    type: 'TaskCommandEnded',
    data: { ...inJob, sessionId: `s${exitCode}`, allocationId, exitCode },
  });
  await happened(
    submitted('of-two'),
    placed(place('two-a', 'of-two', 0)),
    placed(place('two-b', 'of-two', 1)),
    command('two-a', 3),
    command('two-b', 4),
  );
  const page = await changes('of=allocation:two-a');
  t.strictSame(typesOf(page), ['changed TaskCommandEnded', 'created AllocationPlaced']);
  t.match(page.changes[0], { sentence: 'a command in task main of allocation two-a exited with code 3' });
  t.strictSame(typesOf(await changes('of=allocation:two-b&limit=1')), ['changed TaskCommandEnded']);
});

void t.test('ends the search for commands when the client is gone', async (t) => {
  const seen = new EventEmitter();
  const [closed, began, ended] = ['closed', 'began', 'ended'].map(async (name) => await once(seen, name));
  const api = await openTestApi(t, {}, (app) =>
    app.addHook('onRequest', (request, reply, done) => {
      if (request.url.startsWith('/audit/changes')) reply.raw.once('close', () => seen.emit('closed'));
      done();
    }),
  );
  const about = { sessionId: 's', allocationId: 'b', jobId: 'executed', nodeId: 'n', task: 'main' };
  const command: MusterEvent = {
    type: 'TaskCommandStarted',
    data: { ...about, command: ['ls'], terminal: false },
  };
  await api.happened(submitted('executed'), ...Array.from({ length: 10 }, () => command));
  const db = new Sqlite(join(t.testdirName, READ_MODELS_FILE));
  emptyLogIndex(db);
  db.close();
  const { store } = api;
  const readAll = store.readAll.bind(store);
  store.readAll = async function* (options) {
    let read = 0;
    try {
      for await (const page of readAll(options))
        for (const event of page) {
          read += 1;
          yield [event];
          seen.emit('began');
          await closed;
        }
    } finally {
      seen.emit('ended', read);
    }
  };
  const url = await api.app.listen({ host: '127.0.0.1', port: 0 });
  const client = new AbortController();
  const answer = fetch(`${url}/audit/changes?of=job:executed`, { signal: client.signal });
  await Promise.race([began, answer.then(async (early) => t.fail(await early.text()))]);
  client.abort();
  await t.rejects(answer, { name: 'AbortError' });
  const [read] = (await ended) as [number];
  t.ok(read < 10, `${read} events`);
});

void t.test('keeps the earlier history of an object that is created again', async (t) => {
  await say('POST', '/jobs', aJob({ job_id: 'twice' }));
  await happened(deleted('twice'), submitted('twice'));
  t.strictSame(typesOf(await changes('of=job:twice&direction=forwards')), [
    'created JobSubmitted',
    'ended JobDeleted',
    'created JobSubmitted',
  ]);
  t.match(await changes('of=job:twice'), {
    changes: [{ change: 'created' }, { change: 'ended' }, { change: 'created' }],
  });
});

interface Changed {
  readonly objects: readonly {
    readonly object: string;
    readonly change: string;
    readonly position: string;
  }[];
  readonly next: string | null;
}
const changed = async (query: string): Promise<Changed> => {
  const { status, body } = await say('GET', `/audit/changed?${query}`);
  t.equal(status, 200, `${query}: ${body}`);
  return JSON.parse(body) as Changed;
};
const named = ({ objects }: Changed): string[] => objects.map(({ object, change }) => `${object} ${change}`);

void t.test('reports which objects were created, changed or ended between two moments', async (t) => {
  const start = (await events()).at(-1)!.position;
  t.strictSame((await changed(`from=${start}`)).objects, []);
  await happened(submitted('one'), submitted('two'), submitted('brief'));
  const middle = (await events()).at(-1)!.position;
  await happened(stopped('one'), deleted('two'), deleted('brief'), submitted('three'), submitted('passing'));
  await happened(deleted('passing'));
  t.strictSame(named(await changed(`from=${start}&to=${middle}&kind=job`)), [
    'job:one created',
    'job:two created',
    'job:brief created',
  ]);
  t.strictSame(named(await changed(`from=${middle}`)), [
    'job:one changed',
    'job:two ended',
    'job:brief ended',
    'job:three created',
  ]);
  t.strictSame(named(await changed(`from=${start}`)), ['job:one created', 'job:three created']);
  t.strictSame(named(await changed(`from=${middle}&kind=node`)), []);
  const all: string[] = [];
  for (let next: string | null = ''; next !== null;) {
    const page: Changed = await changed(`from=0&limit=1${next === '' ? '' : `&after=${next}`}`);
    all.push(...named(page));
    next = page.next;
  }
  t.strictSame(all, named(await changed('from=0')));
  t.ok(all.includes('allocation:a created'), all.join(', '));
});

void t.test('refuses an invalid range, kind, cursor or limit of a comparison', async (t) => {
  for (const [query, message] of [
    ['', /from/],
    ['from=3&to=2', /must not be after/],
    ['from=0&to=9999999999999999999', /to: the newest position of the log is \d+/],
    ['from=9999999999999999999', /from: the newest position of the log is \d+/],
    ['from=0&to=2999-01-01T00:00:00Z', /to: is in the future/],
    ['from=0&kind=pod', /kind/],
    ['from=0&after=pod~1', /after/],
    ['from=0&kind=job&after=node~1', /different kind/],
    ['from=0&limit=1001', /limit/],
  ] as const) {
    const answer = await say('GET', `/audit/changed?${query}`);
    t.equal(answer.status, 400, `${query}: ${answer.body}`);
    t.match(answer.body, message, query);
  }
});

void t.test('refuses an invalid request, and reports the reason', async (t) => {
  for (const [query, status, message] of [
    ['', 400, /of/],
    ['of=hello', 400, /job:hello/],
    ['of=pod:hello', 400, /job:hello/],
    ['of=run:7', 400, /run:7\/3/],
    ['of=job:never', 404, /no object with the id job:never is known/],
    ['of=job:hello&limit=0', 400, /limit/],
    ['of=job:hello&limit=1001', 400, /limit/],
    ['of=job:hello&from=yesterday', 400, /position/],
    ['of=job:hello&from=2026-13-45T00:00:00Z', 400, /time that exists/],
    ['of=job:hello&from=3&to=2', 400, /must not be after/],
    ['of=job:hello&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 400, /must not be after/],
    ['of=job:hello&to=9999999999999999999', 400, /to: the newest position of the log is \d+/],
    ['of=job:hello&to=2999-01-01T00:00:00Z', 400, /to: is in the future/],
    ['of=job:hello&more=1', 400, /more/],
    [
      `of=job:${encodeURIComponent("x'; DROP TABLE jobs_1; --")}`,
      404,
      /no object with the id job:.* is known/,
    ],
    ['of=job:%00', 404, /no object with the id job:.* is known/],
  ] as const) {
    const answer = await say('GET', `/audit/changes?${query}`);
    t.equal(answer.status, status, `${query}: ${answer.body}`);
    t.match(answer.body, message, query);
  }
});

void t.test('responds 409 if history is disabled', async (t) => {
  const api = await openTestApi(t, { history: undefined });
  const answer = await api.say('GET', '/audit/changes?of=job:hello');
  t.equal(answer.status, 409);
  t.match(answer.body, /history is disabled on this server/);
});

void t.test('the history of a run contains only events about this run', async (t) => {
  const definition = plainTask({ name: 'nightly' });
  const begun = (run: number): MusterEvent => ({
    type: 'TaskSlotDecided',
    data: {
      taskId: 7,
      run,
      keptFrom: Math.max(1, run - 1),
      tenantId: 'a',
      decision: 'run',
      slot: run * 60_000,
      dueAt: run * 60_000,
      attempts: 1,
    },
  });
  const ended = (run: number): MusterEvent => ({
    type: 'TaskRunEnded',
    data: { taskId: 7, run, outcome: 'failed', tenantId: 'a' },
  });
  await happened({
    type: 'TaskCreated',
    data: { taskId: 7, nameReservation: 'r', tenantId: 'a', createdBy: 'b', definition },
  });
  for (let run = 1; run <= 12; run += 1) await happened(begun(run), ended(run));
  const page = await changes('of=run:7/1');
  t.strictSame(
    page.changes.map(({ type }) => type),
    ['TaskRunEnded', 'TaskSlotDecided'],
  );
});
