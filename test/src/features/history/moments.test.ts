import t from 'tap';
import { place, placed, released } from '../../../projections/events.js';
import { aJob, openTestApi } from '../../http/support/test-api.js';

interface Moments {
  readonly from: string;
  readonly to: string;
  readonly bucket_seconds: number;
  readonly buckets: readonly { readonly at: string; readonly events: number; readonly failures: number }[];
  readonly indexed_to: string | null;
}

const { say, happened, events, caughtUp } = await openTestApi(t);
const moments = async (query: string): Promise<Moments> => {
  const { status, body } = await say('GET', `/audit/moments?${query}`);
  t.equal(status, 200, `${query}: ${body}`);
  return JSON.parse(body) as Moments;
};
const sum = ({ buckets }: Moments, of: 'events' | 'failures'): number =>
  buckets.reduce((total, each) => total + each[of], 0);

await say('POST', '/jobs', aJob({ job_id: 'hello' }));
await happened(
  placed(place('a', 'hello', 0)),
  released(place('a', 'hello', 0), 'failed'),
  placed(place('b', 'hello', 0)),
  released(place('b', 'hello', 0), 'complete'),
);
await caughtUp();

void t.test('counts every event once, in its minute', async (t) => {
  const all = await events();
  const asked = Date.now();
  const counted = await moments('');
  t.equal(sum(counted, 'events'), all.length);
  t.equal(sum(counted, 'failures'), 1);
  t.equal(counted.indexed_to, String(all.at(-1)!.position));
  t.equal(counted.bucket_seconds % 60, 0);
  const first = all[0]!.created;
  t.equal(counted.buckets[0]!.at, new Date(first - (first % 60_000)).toISOString());
  t.equal(counted.from, counted.buckets[0]!.at);
  t.ok(Date.parse(counted.to) > asked);
});

void t.test('divides the whole range into equal buckets, at most as many as requested', async (t) => {
  for (const [since, unit] of [
    [3 * 3_600_000, 60],
    [13 * 86_400_000, 60],
    [20 * 86_400_000, 3600],
    [50 * 365 * 86_400_000, 3600],
  ] as const)
    for (const most of [1, 7, 100, 1000]) {
      const from = new Date(Date.now() - since).toISOString();
      const counted = await moments(`from=${from}&buckets=${most}`);
      const { buckets, bucket_seconds: seconds } = counted;
      t.ok(buckets.length <= most && buckets.length > 0, `${since} ${most}: ${buckets.length}`);
      t.equal(seconds % unit, 0);
      buckets.forEach(({ at }, index) =>
        t.equal(Date.parse(at), Date.parse(counted.from) + index * seconds * 1000),
      );
      t.equal(sum(counted, 'events'), (await events()).length);
    }
});

void t.test('accepts positions as bounds of a time range', async (t) => {
  const head = (await events()).at(-1)!.position;
  t.equal(sum(await moments('to=2001-01-01T00:00:00Z&from=2000-01-01T00:00:00Z'), 'events'), 0);
  t.ok(sum(await moments(`from=${head}&to=${head}`), 'events') > 0);
});

void t.test('refuses invalid ranges, and reports the reason', async (t) => {
  for (const [query, status, message] of [
    ['buckets=0', 400, /buckets/],
    ['buckets=1001', 400, /buckets/],
    ['buckets=many', 400, /buckets/],
    ['from=yesterday', 400, /from/],
    ['from=3&to=2', 400, /must not be after/],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 400, /must not be after/],
    ['to=2999-01-01T00:00:00Z', 400, /to: is in the future/],
    ['from=9999999999999999999', 400, /from: the newest position of the log is/],
    ['from=0', 404, /no event was recorded/],
    ['more=1', 400, /more/],
  ] as const) {
    const answer = await say('GET', `/audit/moments?${query}`);
    t.equal(answer.status, status, `${query}: ${answer.body}`);
    t.match(answer.body, message, query);
  }
});

void t.test('responds 409 if history is disabled', async (t) => {
  const api = await openTestApi(t, { history: undefined });
  t.equal((await api.say('GET', '/audit/moments')).status, 409);
});
