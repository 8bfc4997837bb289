import t from 'tap';
import { eventually } from '../../../fixtures/eventually.js';
import { evaluated, exited, place, placed, started } from '../../../projections/events.js';
import { aJob, openTestApi } from '../../http/support/test-api.js';
import { LOCAL_ACTOR } from '../../../fixtures/local-actor.js';

interface AuditEvent {
  readonly position: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly metadata: Record<string, unknown>;
}

const { app, say, events, happened } = await openTestApi(t, { limits: { keepAliveMs: 20 } });
for (const id of ['a', 'b', 'c'])
  await say('POST', '/jobs', aJob({ job_id: id }), { 'x-request-id': `request-${id}` });
await say('DELETE', '/jobs/a');
await say('POST', '/register', { node_id: 'n', ip_address: '10.0.0.1', resources: { cpu: 1, memory: 1 } });
await say('POST', '/jobs', aJob({ job_id: 'a-longer-name' }));
const all = await events();
const url = await app.listen({ port: 0, host: '127.0.0.1' });

const read = async (query: string): Promise<AuditEvent[]> => {
  const { body, status } = await say('GET', `/audit/events${query}`);
  t.equal(status, 200, query);
  return body
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as AuditEvent);
};
const namesOf = (found: readonly AuditEvent[]) => found.map(({ stream, type }) => `${stream} ${type}`);

void t.test('returns one JSON object per line, in log order', async (t) => {
  const answer = await say('GET', '/audit/events');
  t.match(answer.headers, { 'content-type': 'application/x-ndjson; charset=utf-8' });
  const found = await read('');
  t.same(
    found.map(({ position }) => position),
    all.map(({ position }) => position.toString()),
  );
  t.match(found[0], {
    position: String(all[0]?.position),
    stream: 'job-a',
    revision: 0,
    id: all[0]?.id,
    type: 'JobSubmitted',
    at: /^20\d\d-.*Z$/,
    created: /^20\d\d-.*Z$/,
    data: { jobId: 'a' },
    metadata: { $correlationId: 'request-a', actor: LOCAL_ACTOR, surface: 'cluster' },
  });
});

void t.test('sends NDJSON unless the Accept header prefers server-sent events', async (t) => {
  const typeFor = async (accept: string) => {
    const abort = new AbortController();
    const answer = await fetch(`${url}/audit/events?follow=false`, {
      signal: abort.signal,
      headers: { accept },
    });
    abort.abort();
    return answer.headers.get('content-type')?.split(';')[0];
  };
  for (const accept of [
    '*/*',
    'application/x-ndjson, text/event-stream, application/json;q=0.9',
    'text/event-stream;q=0.5, application/x-ndjson',
    'text/event-stream;q=0',
  ])
    t.equal(await typeFor(accept), 'application/x-ndjson', accept);
  for (const accept of [
    'text/event-stream',
    'text/event-stream, */*',
    'Text/Event-Stream;q=0.9, application/x-ndjson; q=0.8',
  ])
    t.equal(await typeFor(accept), 'text/event-stream', accept);
});

void t.test('reads from any position in both directions, with a limit', async (t) => {
  const positions = all.map(({ position }) => position.toString());
  const at = async (query: string) => (await read(query)).map(({ position }) => position);
  t.same(await at(`?after=${positions[1]}`), positions.slice(2));
  t.same(await at(`?from=${positions[1]}`), positions.slice(1));
  t.same(await at(`?from=0`), positions);
  t.same(await at(`?limit=2`), positions.slice(0, 2));
  t.same(await at('?direction=backwards&limit=2'), [...positions].reverse().slice(0, 2));
  t.same(await at(`?direction=backwards&after=${positions[2]}`), positions.slice(0, 2).reverse());
  t.same(await at(`?direction=backwards&from=${positions[2]}`), positions.slice(0, 3).reverse());
  t.same(await at('?after=9007199254740993'), []);
});

void t.test('filters by stream, category, type and correlation', async (t) => {
  t.same(namesOf(await read('?stream=job-a')), ['job-a JobSubmitted', 'job-a JobStopped']);
  t.same(namesOf(await read('?stream=job-a&direction=backwards&limit=1')), ['job-a JobStopped']);
  t.same(namesOf(await read(`?stream=job-a&after=${all[0]?.position}`)), ['job-a JobStopped']);
  t.same(namesOf(await read('?stream=job-none')), []);
  t.same(namesOf(await read('?category=node')), ['node-n NodeRegistered']);
  t.same(namesOf(await read('?category=nod')), []);
  t.same(namesOf(await read('?type=JobStopped,NodeRegistered')), [
    'job-a JobStopped',
    'node-n NodeRegistered',
  ]);
  t.same(namesOf(await read('?correlation=request-b')), ['job-b JobSubmitted']);
  t.same(namesOf(await read('?category=job&type=JobSubmitted&correlation=request-c&stream=job-c')), [
    'job-c JobSubmitted',
  ]);
});

void t.test('filters by the actor, and by times and dates', async (t) => {
  const [first, second] = [all[0]!, all[1]!];
  const time = (at: number) => new Date(at).toISOString();
  const day = (at: number) => time(at).slice(0, 10);
  const tomorrow = Date.now() + 86_400_000;
  t.same(namesOf(await read(`?actor=${LOCAL_ACTOR}&stream=job-a`)), [
    'job-a JobSubmitted',
    'job-a JobStopped',
  ]);
  t.same(namesOf(await read('?actor=bob')), []);
  t.equal((await read(`?since=${day(first.created)}&until=${day(tomorrow)}`)).length, all.length);
  t.equal((await read(`?since=${day(tomorrow)}`)).length, 0);
  t.equal((await read(`?until=${day(first.created)}`)).length, 0);
  const before = all.filter(({ created }) => created < second.created).length;
  for (const direction of ['forwards', 'backwards'])
    t.equal((await read(`?until=${time(second.created)}&direction=${direction}`)).length, before, direction);
  for (const query of ['since=2026-02-30', 'until=yesterday', 'until=2026-11-20&follow=true'])
    t.equal((await say('GET', `/audit/events?${query}`)).status, 400, query);
});

void t.test('refuses the system streams of the store', async (t) => {
  for (const stream of ['$', '$all', '%24%24job-a'])
    t.match(
      await say('GET', `/audit/events?stream=${stream}`).then((answer) => ({
        status: answer.status,
        body: answer.json() as object,
      })),
      {
        status: 400,
        body: { error: /^stream: must not begin with a dollar sign/ },
      },
    );
});

/** Follows server-sent events until `until` is true of the text. */
async function follow(
  query: string,
  until: (text: string) => boolean,
  headers: Record<string, string> = {},
): Promise<string> {
  const abort = new AbortController();
  const answer = await fetch(`${url}/audit/events${query}`, {
    signal: abort.signal,
    headers: { accept: 'text/event-stream', ...headers },
  });
  const decoder = new TextDecoder();
  let text = '';
  for (const reader = answer.body!.getReader(); !until(text);) {
    const { value, done } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  abort.abort();
  return text;
}
const idsOf = (text: string) => [...text.matchAll(/^id: (\d+)\ndata: /gm)].map(([, id]) => id);

void t.test('streams new events as server-sent events, and resumes by Last-Event-ID', async (t) => {
  const text = await follow('', (so) => idsOf(so).length === all.length && so.includes(': caught up'));
  t.same(
    idsOf(text),
    all.map(({ position }) => position.toString()),
  );
  t.match(text, /^retry: 1000\n\n/);
  t.match(text, /\ndata: \{"position":"\d+",.*\}\n\n/);

  const resumed = follow('', (so) => so.includes('job-later'), {
    'last-event-id': String(all.at(-1)?.position),
  });
  await say('POST', '/jobs', aJob({ job_id: 'later' }));
  t.equal(idsOf(await resumed).length, 1, 'the resumed stream neither repeats nor misses an event');

  const filtered = follow('?category=node&follow=true&format=sse', (so) => so.includes('NodeDrainStarted'), {
    'last-event-id': String(all.at(-1)?.position),
  });
  await say('POST', '/jobs', aJob({ job_id: 'other' }));
  await say('POST', '/nodes/n/drain', { enable: true });
  t.equal(idsOf(await filtered).length, 1);
});

void t.test('sends a position to resume from even if all events are filtered out', async (t) => {
  const text = await follow('?category=none', (so) => so.includes(': caught up'), {
    'last-event-id': String(all[0]?.position),
  });
  const passed = (await events()).at(-1)?.position;
  t.match(text, `\nid: ${passed}\n\n`, 'an id without data is the position to resume from');
  t.same(idsOf(text), []);
});

void t.test('disables caching and proxy buffering', async (t) => {
  const { headers } = await say('GET', '/audit/events?limit=1');
  t.match(headers, { 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
});

void t.test('streams new events as NDJSON with follow=true', async (t) => {
  const abort = new AbortController();
  const answer = await fetch(
    `${url}/audit/events?follow=true&type=JobStopped&after=${all.at(-1)?.position}`,
    { signal: abort.signal },
  );
  t.equal(answer.status, 200, 'the response headers arrive before the first event');
  const reader = answer.body!.getReader();
  await say('DELETE', '/jobs/b');
  t.match(JSON.parse(new TextDecoder().decode((await reader.read()).value)), {
    stream: 'job-b',
    type: 'JobStopped',
  });
  abort.abort();
});

void t.test('sends keep-alive comments on an idle stream', async (t) => {
  t.match(await follow('?type=ClusterCleared', (so) => so.split(': keep-alive').length > 2), ': keep-alive');
});

void t.test('refuses followers above the limit until another one disconnects', async (t) => {
  // Followers of other tests may still be about to disconnect, so this test has its own server.
  const api = await openTestApi(t, { limits: { followers: 3 } });
  const address = await api.app.listen({ port: 0, host: '127.0.0.1' });
  const opened = async ({ signal }: AbortController) =>
    await fetch(`${address}/audit/events?follow=true`, { signal });
  const aborts = [1, 2, 3].map(() => new AbortController());
  const reading = await Promise.all(aborts.map(opened));
  t.same(
    reading.map(({ status }) => status),
    [200, 200, 200],
  );
  const refused = await api.say('GET', '/audit/events?follow=true');
  t.equal(refused.status, 503);
  t.match(refused.headers, { 'retry-after': /\d/ });
  t.match(refused.json(), { error: /^overloaded: / });
  for (const abort of aborts) abort.abort();
  await eventually(async () => {
    const abort = new AbortController();
    const { status } = await opened(abort);
    abort.abort();
    return status === 200;
  });
});

void t.test('ends followed streams when the server closes', async (t) => {
  const api = await openTestApi(t);
  const address = await api.app.listen({ port: 0, host: '127.0.0.1' });
  const answer = await fetch(`${address}/audit/events?follow=true`);
  const text = answer.text();
  await api.app.close();
  t.equal(await text, '', 'the stream ended without being cut off');
});

void t.test('filters by job, including scheduler decisions and node reports about it', async (t) => {
  const [own, others] = [place('al-1', 'a', 0, 'web', 'n'), place('al-2', 'a-longer-name', 0, 'web', 'n')];
  await happened(
    placed(own),
    placed(others),
    evaluated('a', 'e'),
    started(own),
    started(others),
    exited(own),
  );
  const history = [
    'job-a JobSubmitted',
    'job-a JobStopped',
    'scheduler AllocationPlaced',
    'scheduler EvaluationCompleted',
    'node-n AllocationStarted',
    'node-n TaskExited',
  ];
  t.same(namesOf(await read('?job=a')), history);
  t.same(namesOf(await read('?job=a&direction=backwards&limit=2')), [...history].reverse().slice(0, 2));
  t.same(namesOf(await read('?job=a&category=node')), history.slice(4));
  t.same(namesOf(await read('?job=a-longer-name')), [
    'job-a-longer-name JobSubmitted',
    'scheduler AllocationPlaced',
    'node-n AllocationStarted',
  ]);
  t.same(await read('?job=none'), []);
});

void t.test('returns only events since a given time', async (t) => {
  const newest = (await events()).at(-1);
  t.same(await read(`?since=${new Date((newest?.created ?? 0) + 1).toISOString()}`), []);
  t.equal((await read('?since=2020-01-01T01:00:00%2B01:00')).length, (await events()).length);
  t.equal((await say('GET', '/audit/events?since=yesterday')).status, 400);
});
