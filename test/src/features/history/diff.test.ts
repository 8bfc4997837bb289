import t from 'tap';
import { deleted, place, placed, released, submitted } from '../../../projections/events.js';
import { aJob, openTestApi } from '../../http/support/test-api.js';

interface Diff {
  readonly from: { readonly position: string; readonly state?: Readonly<Record<string, unknown>> };
  readonly to: Diff['from'];
  readonly patch: readonly { readonly op: string; readonly path: string; readonly value?: unknown }[];
  readonly events: readonly { readonly type: string; readonly position: string }[];
  readonly next: string | null;
}

const { say, happened, events } = await openTestApi(t);
const diff = async (query: string): Promise<Diff> => {
  const { status, body } = await say('GET', `/audit/diff?${query}`);
  t.equal(status, 200, `${query}: ${body}`);
  return JSON.parse(body) as Diff;
};
const head = async (): Promise<bigint> => (await events()).at(-1)!.position;

await say('POST', '/jobs', aJob({ job_id: 'other' }));
const before = await head();
await say('POST', '/jobs', aJob({ job_id: 'hello' }));
const first = await head();
await say('PUT', '/jobs/hello', { ...aJob({}), priority: 70 });
const second = await head();
await happened(placed(place('a', 'hello', 0)), released(place('a', 'hello', 0), 'failed'));

void t.test('returns both states, their patch, and the events between them', async (t) => {
  const changed = await diff(`of=job:hello&from=${first}&to=${second}`);
  t.match(changed, {
    from: { position: String(first), state: { version: 0 } },
    to: { position: String(second), state: { version: 1 } },
    next: null,
  });
  t.ok(changed.patch.some(({ op, path, value }) => op === 'replace' && path === '/version' && value === 1));
  t.strictSame(
    changed.events.map(({ type }) => type),
    ['JobUpdated'],
  );
  t.match(await diff(`of=job:hello&from=${second}&to=${second}`), { patch: [], events: [] });
  const ofAllocation = await diff(`of=allocation:a&from=${second}`);
  t.equal(ofAllocation.from.state, undefined);
  t.match(ofAllocation.to.state, { released: 'failed' });
  t.match(ofAllocation.patch, [{ op: 'replace', path: '', value: ofAllocation.to.state }]);
});

void t.test('returns no state before the object existed', async (t) => {
  const made = await diff(`of=job:hello&from=${before}&to=${first}`);
  t.match(made, { from: { state: undefined }, patch: [{ op: 'replace', path: '' }] });
  await happened(submitted('brief'), deleted('brief'));
  const start = await head();
  t.match(await diff(`of=job:brief&from=${start}`), {
    from: { state: undefined },
    to: { state: undefined },
    patch: [],
  });
  await happened(submitted('gone'));
  const middle = await head();
  await happened(deleted('gone'));
  const ended = await diff(`of=job:gone&from=${middle}`);
  t.match(ended, { to: { state: undefined }, patch: [{ op: 'replace', path: '', value: null }] });
});

void t.test('returns the position where a long list of events continues', async (t) => {
  const page = await diff(`of=job:hello&from=${first}&limit=1`);
  t.equal(page.events.length, 1);
  const rest = await say(
    'GET',
    `/audit/changes?of=job:hello&direction=forwards&from=${page.next}&limit=1000`,
  );
  const all = await diff(`of=job:hello&from=${first}`);
  t.equal((JSON.parse(rest.body) as { changes: unknown[] }).changes.length, all.events.length - 1);
});

void t.test('refuses invalid moments and objects, and reports the reason', async (t) => {
  const time = new Date((await events()).at(-1)!.created).toISOString();
  for (const [query, status, message] of [
    ['of=job:hello', 400, /from/],
    ['from=1', 400, /of/],
    [`of=pod:hello&from=${first}`, 400, /job:hello/],
    [`of=run:7&from=${first}`, 400, /run:7\/3/],
    [`of=job:never&from=${first}`, 404, /no object with the id job:never is known/],
    [`of=job:hello&from=${second}&to=${first}`, 400, /must not be after/],
    [`of=job:hello&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z`, 400, /must not be after/],
    [`of=job:hello&from=${time}&to=${first}`, 400, /must not be after/],
    [`of=job:hello&from=${first}&to=9999999999999999999`, 400, /to: the newest position of the log is/],
    [`of=job:hello&from=${first}&to=2999-01-01T00:00:00Z`, 400, /to: is in the future/],
    ['of=job:hello&from=0', 404, /no event was recorded/],
    ['of=job:hello&from=2001-01-01T00:00:00Z', 404, /no event was recorded/],
    ['of=job:hello&from=yesterday', 400, /from/],
    ['of=job:hello&from=2026-13-45T00:00:00Z', 400, /time that exists/],
    ['of=job:hello&from=1&from=2', 400, /from/],
    [`of=job:hello&from=${first}&limit=1001`, 400, /limit/],
    [`of=job:hello&from=${first}&more=1`, 400, /more/],
  ] as const) {
    const answer = await say('GET', `/audit/diff?${query}`);
    t.equal(answer.status, status, `${query}: ${answer.body}`);
    t.match(answer.body, message, query);
  }
});

void t.test('responds 409 if history is disabled', async (t) => {
  const api = await openTestApi(t, { history: undefined });
  t.equal((await api.say('GET', '/audit/diff?of=job:hello&from=1')).status, 409);
});
