import t from 'tap';
import { place, placed, released, started } from '../../../../projections/events.js';
import { cookieIn } from '../../../../fixtures/cookie.js';
import { eventually, PATIENCE } from '../../../../fixtures/eventually.js';
import { aJob, openTestApi } from '../../../http/support/test-api.js';

const { app, say, happened } = await openTestApi(t, {
  limits: { keepAliveMs: 200, followersPerAccount: 2 },
  passwordCost: { memoryCost: 8, timeCost: 1, parallelism: 1 },
});
const url = await app.listen({ port: 0, host: '127.0.0.1' });

interface Change {
  readonly position: string;
  readonly kind: string;
  readonly id: string;
  readonly of: readonly string[];
  readonly type: string;
  readonly failed: boolean;
  readonly actor: string | null;
  readonly words: string;
}
interface Changes {
  readonly changes: readonly Change[];
  readonly position: string;
}
type Headers = Record<string, string>;

const changes = async (query: string, headers: Headers = {}): Promise<Changes> => {
  const { status, body } = await say('GET', `/console/api/changes?${query}`, undefined, headers);
  t.equal(status, 200, `${query}: ${body}`);
  return JSON.parse(body) as Changes;
};
const account = async (username: string): Promise<Headers> => {
  const known = { username, password: 'password123' };
  await say('POST', '/api/auth/register', known);
  const said = await say('POST', '/console/api/session', known, { 'x-muster-console': '1' });
  const { page_secret: secret } = JSON.parse(said.body) as { readonly page_secret: string };
  return { 'x-muster-console': secret, cookie: cookieIn(said.headers) };
};
const ann = await account('ann');
const bob = await account('bob');
const task = { executor: 'http', url: 'https://example.com/' };
await say('POST', '/api/tasks', { ...task, name: 'of-ann' }, ann);
await say('POST', '/api/tasks', { ...task, name: 'of-bob' }, bob);
await say('POST', '/api/tasks/1/trigger', {}, ann);
await say('POST', '/api/gpu-claims', { spec: { image: 'busybox', resources: { gpuCount: 1 } } }, bob);
await say('POST', '/jobs', aJob({ job_id: 'hello' }));
await say('POST', '/jobs', aJob({ job_id: 'other' }));
await happened(
  placed(place('a', 'hello', 0)),
  started(place('a', 'hello', 0)),
  released(place('a', 'hello', 0), 'failed'),
);

void t.test('returns one event, only to those who may see it', async (t) => {
  const { changes: all } = await changes('from=0&limit=1000');
  const { position = '' } = all.find(({ type, id }) => type === 'TaskCreated' && id === '1') ?? {};
  const event = async (at: string, headers: Headers = {}) =>
    await say('GET', `/console/api/events/${at}`, undefined, headers);
  const own = await event(position, ann);
  t.equal(own.status, 200, own.body);
  const { correlation, ...rest } = own.json() as Change & { readonly correlation: string };
  t.match(rest, { position, type: 'TaskCreated', revision: 0, stream: /^task-/ });
  const why = await say('GET', `/audit/why/requests/${encodeURIComponent(correlation)}`, undefined, ann);
  t.ok(
    (why.json() as { readonly chain: readonly Change[] }).chain.some((each) => each.position === position),
  );
  t.equal((await event(position)).status, 200, 'the operator');
  t.equal((await event(position, bob)).status, 404, 'another tenant');
  t.equal((await event('999999')).status, 404);
  t.equal((await event('of-ann')).status, 400);
});

void t.test('returns all changes to the operator, in pages', async (t) => {
  const all = await changes('from=0&limit=1000');
  t.match(
    all.changes.find(({ type }) => type === 'JobSubmitted'),
    { kind: 'job', id: 'hello', of: ['job:hello'], failed: false, words: 'job hello was submitted' },
  );
  t.match(all.changes.at(-1), {
    type: 'AllocationReleased',
    kind: 'allocation',
    id: 'a',
    of: ['allocation:a', 'job:hello'],
  });
  const found: string[] = [];
  for (let from = '0', more = true; more;) {
    const page = (await say('GET', `/console/api/changes/page?from=${from}&limit=2`)).json() as Changes;
    found.push(...page.changes.map(({ position }) => position));
    more = page.changes.length > 0;
    from = page.position;
  }
  t.same(
    found,
    all.changes.map(({ position }) => position),
  );
  t.same((await changes('limit=10')).changes, [], 'without a position, only later changes are returned');
  t.same(
    (await changes('from=9999999999999999999&limit=10')).changes,
    [],
    'a position beyond the head has no changes',
  );
});

interface Events {
  readonly changes: readonly Change[];
  readonly next: string | null;
}
const events = async (query: string, headers: Headers = {}): Promise<Events> => {
  const { status, body } = await say('GET', `/console/api/events?${query}`, undefined, headers);
  t.equal(status, 200, `${query}: ${body}`);
  return JSON.parse(body) as Events;
};
async function everyEvent(query: string, headers: Headers = {}): Promise<readonly Change[]> {
  const found: Change[] = [];
  for (let next: string | null | undefined; next !== null;) {
    const page: Events = await events(`${next === undefined ? '' : `to=${next}&`}limit=3${query}`, headers);
    t.ok(page.changes.length <= 3);
    found.push(...page.changes);
    ({ next } = page);
  }
  return found;
}

void t.test('lists events in pages, newest first', async (t) => {
  const { changes: all } = await changes('from=0&limit=1000');
  t.same(await everyEvent(''), all.toReversed());
  t.same(await everyEvent('&of=job:hello'), all.filter(({ of }) => of.includes('job:hello')).toReversed());
  const { position } = all[3]!;
  const some = await events(`to=${position}&limit=2`);
  t.same(
    some.changes.map((each) => each.position),
    [position, all[2]!.position],
    'the given position is included',
  );
  t.same(
    (await events(`to=9999999999999999999&limit=1`)).changes,
    [all.at(-1)],
    'a position beyond the head starts at the newest event',
  );
  t.same(await events('to=0&limit=10'), { changes: [], next: null });
  for (const query of ['limit=0', 'limit=1001', 'to=x', 'of=nothing', 'from=1'])
    t.equal((await say('GET', `/console/api/events?${query}`)).status, 400, query);
});

void t.test('filters events by type, actor and time', async (t) => {
  const { changes: all } = await changes('from=0&limit=1000');
  t.same(
    (await everyEvent('&type=jobsub')).map(({ id }) => id),
    ['other', 'hello'],
  );
  const byAnn = await everyEvent('&actor=ann');
  t.ok(byAnn.some(({ type }) => type === 'TaskTriggered'));
  t.equal(new Set(byAnn.map(({ actor }) => actor)).size, 1, 'a username is resolved to one account');
  const [{ actor }] = byAnn as [Change];
  t.same(await everyEvent(`&actor=${actor ?? ''}`), byAnn);
  t.same(await everyEvent(`&actor=${actor?.slice('user:'.length) ?? ''}`), byAnn);
  t.same(await everyEvent('&actor=nobody'), []);
  t.same(await everyEvent('&actor=ann', bob), [], 'an account cannot search for the actions of others');
  const { position } = all[3]!;
  t.same(await everyEvent(`&after=${position}`), all.slice(4).toReversed());
  t.same(
    await everyEvent(`&after=${position}&type=TASKTRIG&actor=ann&of=task:1`),
    byAnn.filter((each) => each.type === 'TaskTriggered' && BigInt(each.position) > BigInt(position)),
  );
  t.same((await changes('from=0&limit=1000&type=released')).changes, all.slice(-1));
  for (const query of ['after=x', `type=${'x'.repeat(65)}`])
    t.equal((await say('GET', `/console/api/events?${query}`)).status, 400, query);
});

void t.test('filters changes by object', async (t) => {
  const ofHello = await changes('from=0&limit=100&of=job:hello');
  t.ok(ofHello.changes.length >= 4);
  t.ok(ofHello.changes.every(({ of }) => of.includes('job:hello')));
  const ofBoth = await changes('from=0&limit=100&of=job:other&of=task:1');
  t.same(
    new Set(ofBoth.changes.flatMap(({ of }) => of).filter((name) => /^(job:other|task)/.test(name))),
    new Set(['job:other', 'task:1']),
  );
  t.equal((await say('GET', '/console/api/changes?limit=1&of=nothing')).status, 400);
  t.equal((await say('GET', '/console/api/changes?limit=1001')).status, 400);
});

void t.test('shows an account only the objects of its tenant, including deleted ones', async (t) => {
  await say('DELETE', '/api/tasks/1', undefined, ann);
  const own = await changes('from=0&limit=1000', ann);
  const text = JSON.stringify(own);
  t.match(text, /"TaskCreated"/);
  t.match(text, /"TaskDeleted"/);
  t.notMatch(text, /of-bob|task:2|job:hello|claim:/);
  const bobs = JSON.stringify(await changes('from=0&limit=1000', bob));
  t.match(bobs, /"GpuClaimed"/);
  t.notMatch(bobs, /task:1\b|of-ann/);
  t.same(
    (await changes('from=0&limit=1000&of=task:2', ann)).changes,
    [],
    "a filter by id shows no other tenant's object",
  );
  t.same(await everyEvent('', ann), own.changes.toReversed(), 'the pages of events show the same changes');
  t.same(await everyEvent('&of=task:2', ann), []);
});

interface Followed {
  readonly status: number;
  readonly text: () => string;
  readonly ended: () => boolean;
  readonly stop: () => void;
}
const follow = async (query: string, headers: Headers = {}): Promise<Followed> => {
  const controller = new AbortController();
  const answer = await fetch(`${url}/console/api/changes?${query}`, { headers, signal: controller.signal });
  let [text, ended] = ['', false];
  const reading = (async () => {
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>)
      text += Buffer.from(chunk).toString();
  })();
  reading.then(
    () => (ended = true),
    () => (ended = true),
  );
  t.teardown(() => controller.abort());
  return { status: answer.status, text: () => text, ended: () => ended, stop: () => controller.abort() };
};

void t.test('resumes a stream, reports its position, and shows the current state', async (t) => {
  const { position } = await changes('limit=1');
  const stream = await follow('', { 'last-event-id': position });
  await say('POST', '/jobs', aJob({ job_id: 'streamed' }));
  await eventually(() => /event: change\nid: \d+\ndata: .*"id":"streamed"/.test(stream.text()));
  t.match((await say('GET', '/console/api/jobs?filter=streamed')).json(), { total: 1 });
  const length = stream.text().length;
  await eventually(() =>
    /event: position\nid: \d+\ndata: \{"position":"\d+","at":/.test(stream.text().slice(length)),
  );
  stream.stop();
});

void t.test('limits the streams of an account, and ends them with its session', async (t) => {
  const [first, second] = [await follow('', ann), await follow('', ann)];
  t.equal((await follow('', ann)).status, 429);
  second.stop();
  const before = performance.now();
  await say('DELETE', '/console/api/session', undefined, ann);
  await eventually(() => first.ended());
  t.ok(performance.now() - before < 5000 * PATIENCE, `${Math.round(performance.now() - before)} ms`);
  t.equal((await say('GET', '/console/api/changes?limit=1', undefined, ann)).status, 401);
});
