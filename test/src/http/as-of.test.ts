import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import t from 'tap';
import { encode } from '#test/fixtures/muster-events.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { Sqlite } from '#src/engine/sqlite.js';
import { deleted } from '../../projections/events.js';
import { openPastApi } from './support/past-api.js';
import { aJob, openTestApi } from './support/test-api.js';

void t.test('accepts a position or a time in the URL or in the header', async (t) => {
  const { say, events } = await openPastApi(t);
  await say('POST', '/jobs', aJob({ job_id: 'hello' }));
  const before = (await events()).at(-1)!;
  await say('PUT', '/jobs/hello', { ...aJob({}), priority: 70 });
  const after = (await events()).at(-1)!;
  const then = await say('GET', `/jobs/hello?as_of=${before.position}`);
  t.equal(then.status, 200, then.body);
  t.equal((then.json() as { priority?: number }).priority, undefined);
  t.match((await say('GET', '/jobs/hello')).json(), { priority: 70 });
  t.match(then.headers, {
    'x-muster-as-of': String(before.position),
    'x-muster-same-from': String(before.position),
    'x-muster-same-until': String(after.position),
    'memento-datetime': new Date(before.created).toUTCString(),
    'cache-control': 'private, no-cache',
    vary: 'X-Muster-As-Of, Authorization, Cookie, X-Api-Key, X-Muster-Console',
    link: `</jobs/hello?as_of=${before.position - 1n}>; rel="prev memento", </jobs/hello?as_of=${after.position}>; rel="next memento", </jobs/hello>; rel="original"`,
  });
  const byHeader = await say('GET', '/jobs/hello', undefined, { 'x-muster-as-of': String(before.position) });
  t.equal(byHeader.body, then.body);
  const byTime = await say('GET', `/jobs/hello?as_of=${new Date(before.created).toISOString()}`);
  t.ok(
    BigInt(String(byTime.headers['x-muster-as-of'])) >= before.position,
    'a time includes the events recorded at it',
  );
  const open = await say('GET', `/jobs/hello?as_of=${after.position}`);
  t.match(open.headers, { 'cache-control': 'private, no-cache', 'x-muster-same-until': undefined });
});

void t.test('responds 304 to a matching ETag, and sends no body for HEAD', async (t) => {
  const { say, events } = await openPastApi(t);
  await say('POST', '/jobs', aJob({ job_id: 'hello' }));
  const { position } = (await events()).at(-1)!;
  const url = `/jobs/hello?as_of=${position}`;
  const { etag } = (await say('GET', url)).headers;
  const again = await say('GET', url, undefined, { 'if-none-match': String(etag) });
  t.match(again, { status: 304, body: '' });
  t.match(await say('HEAD', url), { status: 200, body: '', headers: { etag: String(etag) } });
});

void t.test('removes only the moment from the URL, however it is encoded', async (t) => {
  const { say, events } = await openPastApi(t);
  await say('POST', '/jobs', aJob({ job_id: 'hello' }));
  const head = (await events()).at(-1)!.position;
  for (const url of [
    `/audit/events?as%5Fof=${head}&stream=no?ne`,
    `/audit/events?stream=no?ne&as_of=${head}`,
  ]) {
    const { status, body, headers } = await say('GET', url);
    t.match({ status, body }, { status: 200, body: '' }, url);
    t.match(headers, { 'x-muster-as-of': String(head), link: /<\/audit\/events\?stream=no\?ne>/ }, url);
  }
});

void t.test('refuses to return the whole log as of a moment if it is long', async (t) => {
  const { say, store, caughtUp } = await openPastApi(t);
  const event = encode(deleted('none'), { $correlationId: 'c', $causationId: 'c', at: 1000 });
  for (let part = 0; part < 51; part += 1)
    await store.append({
      stream: `job-many-${part}`,
      expected: 'no_stream',
      events: Array.from({ length: 200 }, () => ({ id: randomUUID(), ...event })),
    });
  await caughtUp();
  const moment = { 'x-muster-as-of': String(await store.head()) };
  t.match(await say('GET', '/audit/events', undefined, moment), {
    status: 400,
    body: /limit: more than 10000 events/,
  });
  for (const [query, length] of [
    ['limit=1000', 1_000],
    ['stream=job-many-3', 200],
    ['limit=1000&direction=backwards', 1_000],
  ] as const) {
    const { status, body } = await say('GET', `/audit/events?${query}`, undefined, moment);
    t.equal(status, 200, `${query}: ${body.slice(0, 100)}`);
    t.equal(body.trimEnd().split('\n').length, length, query);
  }
});

void t.test('refuses an invalid moment, and reports the reason', async (t) => {
  const { say, events } = await openPastApi(t);
  await say('POST', '/jobs', aJob({ job_id: 'hello' }));
  const head = (await events()).at(-1)!.position;
  const count = (await events()).length;
  for (const [method, url, status, message, headers] of [
    ['GET', `/jobs?as_of=${head + 1n}`, 400, /the newest position of the log is/],
    ['GET', '/jobs?as_of=9999999999999999999', 400, /the newest position of the log is/],
    ['GET', '/jobs?as_of=0', 404, /no event was recorded/],
    ['GET', '/jobs?as_of=2001-01-01T00:00:00Z', 404, /no event was recorded/],
    ['GET', '/jobs?as_of=2999-01-01T00:00:00Z', 400, /in the future/],
    ['GET', '/jobs?as_of=yesterday', 400, /must be a position/],
    ['GET', '/jobs?as_of=', 400, /must be a position/],
    ['GET', '/jobs?as_of=2026-02-30T00:00:00Z', 400, /must be a position/],
    ['GET', '/jobs?as_of=1&as_of=2', 400, /more than once/],
    ['GET', '/jobs?as_of=1', 400, /both/, { 'x-muster-as-of': '1' }],
    ['DELETE', `/jobs/hello?as_of=${head}`, 400, /only allowed for GET/],
    ['DELETE', '/jobs/hello', 400, /only allowed for GET/, { 'x-muster-as-of': String(head) }],
    ['POST', `/jobs?as_of=${head}`, 400, /only allowed for GET/],
    ['POST', '/jobs', 400, /only allowed for GET/, { 'x-muster-as-of': String(head) }],
    ['GET', `/nodes/n/desired?as_of=${head}`, 400, /does not depend on the past/],
    ['GET', `/audit/events?as_of=${head}&follow=true`, 409, /is not recorded/],
    ['GET', `/audit/events?as_of=${head}&job=hello&follow=true`, 409, /is not recorded/],
    ['GET', '/audit/events', 409, /is not recorded/, { 'x-muster-as-of': '1', accept: 'text/event-stream' }],
  ] as const) {
    const answer = await say(method, url, undefined, headers ?? {});
    t.equal(answer.status, status, `${method} ${url}: ${answer.body}`);
    t.match(answer.body, message, `${method} ${url}`);
  }
  t.equal((await events()).length, count, 'no event was appended');
});

void t.test('responds 503 if too many requests for the past are waiting', async (t) => {
  const api = await openTestApi(t, {
    past: {
      ask: () => Promise.reject(new MusterError('MUSTER_E_OVERLOADED', { what: '16 requests are waiting' })),
    },
  });
  await api.say('POST', '/jobs', aJob({ job_id: 'hello' }));
  const { position } = (await api.events()).at(-1)!;
  const answer = await api.say('GET', `/jobs?as_of=${position}`);
  t.equal(answer.status, 503);
  t.ok(answer.headers['retry-after']);
});

void t.test('refuses a moment before the retained history, and reports the earliest one', async (t) => {
  const { say, events } = await openPastApi(t);
  await say('POST', '/jobs', aJob({ job_id: 'hello' }));
  const before = (await events()).at(-1)!;
  await say('PUT', '/jobs/hello', { ...aJob({}), priority: 70 });
  const kept = (await events()).at(-1)!;
  const db = new Sqlite(join(t.testdirName, 'read-models.db'));
  db.exec('CREATE TABLE history_kept (position INTEGER NOT NULL, created INTEGER NOT NULL) STRICT');
  db.prepare('INSERT INTO history_kept VALUES (?, ?)').run(kept.position, kept.created);
  db.close();
  const message = `the history is kept from ${new Date(kept.created).toISOString()} on, which is position ${kept.position}`;
  for (const url of [
    `/jobs/hello?as_of=${before.position}`,
    `/audit/changes?of=job:hello&from=${before.position}`,
    `/audit/changed?from=${before.position}`,
  ])
    t.match(await say('GET', url), { status: 410, body: new RegExp(message) }, url);
  t.equal((await say('GET', `/jobs/hello?as_of=${kept.position}`)).status, 200);
  const { changes } = (await say('GET', '/audit/changes?of=job:hello')).json() as {
    changes: { position: string }[];
  };
  t.same(
    changes.map(({ position }) => position),
    [String(kept.position)],
  );
});

void t.test('reports the progress while the history is built', async (t) => {
  const { say, events } = await openPastApi(t);
  await say('POST', '/jobs', aJob({ job_id: 'hello' }));
  const { position } = (await events()).at(-1)!;
  const db = new Sqlite(join(t.testdirName, 'read-models.db'));
  db.prepare("UPDATE generations SET history = 0 WHERE model = 'jobs'").run();
  db.close();
  const answer = await say('GET', `/jobs/hello?as_of=${position}`);
  t.match(answer, { status: 503, body: /the history is being built: 0 % done/ });
  t.ok(answer.headers['retry-after']);
  t.equal((await say('GET', '/jobs/hello')).status, 200, 'the present state is still served');
});
