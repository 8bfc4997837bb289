import fc from 'fast-check';
import t from 'tap';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { SOFT_DELETED } from '#src/engine/event-store/append-rule.js';
import { PageSize, revisionRange, walkAll, walkStream } from '#src/engine/event-store/pages.js';

const event = (revision: number, size = 10): RecordedEvent =>
  ({
    revision,
    position: BigInt(revision),
    data: 'x'.repeat(size),
    metadata: '',
  }) as unknown as RecordedEvent;
const page = (count: number, size?: number): RecordedEvent[] =>
  Array.from({ length: count }, (_, index) => event(index, size));
const breathe = async (): Promise<void> => undefined;

void t.test('grows pages for small events and shrinks them for large ones', async (t) => {
  const size = new PageSize();
  const sizes = [size.events];
  for (let round = 0; round < 4; round += 1) {
    size.saw(page(10));
    sizes.push(size.events);
  }
  t.strictSame(sizes, [64, 256, 1024, 1024, 1024]);
  size.saw([]);
  t.equal(size.events, 1024, 'an empty page does not change the size');
  size.saw(page(2, 1024 * 1024 - 256));
  t.equal(size.events, 2, 'a page is limited to two megabytes');
  size.saw(page(1, 3 * 1024 * 1024));
  t.equal(size.events, 1, 'a page has at least one event');
});

void t.test('computes the range of revisions from the start to the end or the limit', async (t) => {
  const state = { head: 9, truncateBefore: 0, tombstoned: false };
  t.strictSame(revisionRange(state, {}), { first: 0, last: 9, step: 1 });
  t.strictSame(revisionRange(state, { from: 4, limit: 3 }), { first: 4, last: 6, step: 1 });
  t.strictSame(revisionRange(state, { from: 9 }), { first: 9, last: 9, step: 1 });
  t.equal(revisionRange(state, { from: 10 }), undefined);
  t.equal(revisionRange(state, { limit: 0 }), undefined);
  t.strictSame(revisionRange(state, { direction: 'backwards' }), { first: 9, last: 0, step: -1 });
  t.strictSame(revisionRange(state, { direction: 'backwards', from: 4, limit: 2 }), {
    first: 4,
    last: 3,
    step: -1,
  });
  t.strictSame(
    revisionRange(state, { direction: 'backwards', from: 50 }),
    { first: 9, last: 0, step: -1 },
    'a start beyond the end is moved to the end',
  );
  t.equal(revisionRange({ ...state, head: -1 }, {}), undefined);
  t.equal(revisionRange({ ...state, head: -1 }, { direction: 'backwards' }), undefined);
});

void t.test('omits truncated events', async (t) => {
  const state = { head: 9, truncateBefore: 6, tombstoned: false };
  t.strictSame(revisionRange(state, {}), { first: 6, last: 9, step: 1 });
  t.strictSame(revisionRange(state, { from: 2, limit: 2 }), { first: 6, last: 7, step: 1 });
  t.strictSame(revisionRange(state, { direction: 'backwards' }), { first: 9, last: 6, step: -1 });
  t.strictSame(revisionRange(state, { direction: 'backwards', from: 6 }), { first: 6, last: 6, step: -1 });
  t.equal(revisionRange(state, { direction: 'backwards', from: 5 }), undefined);
  for (const direction of ['forwards', 'backwards'] as const)
    t.equal(revisionRange({ ...state, truncateBefore: SOFT_DELETED }, { direction }), undefined);
});

void t.test('returns each revision of a range exactly once and in order', async () => {
  const any = fc.record({ low: fc.nat(300), length: fc.nat(400), back: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(any, async ({ low, length, back }) => {
      const served: number[] = [];
      const read = (from: number, to: number): RecordedEvent[] => {
        const all = Array.from({ length: to - from + 1 }, (_, index) => event(from + index));
        return back ? all.reverse() : all;
      };
      const range = back
        ? ({ first: low + length, last: low, step: -1 } as const)
        : ({ first: low, last: low + length, step: 1 } as const);
      for await (const each of walkStream(range, read, breathe))
        served.push(...each.map(({ revision }) => revision));
      const expected = Array.from({ length: length + 1 }, (_, index) => low + index);
      return String(served) === String(back ? expected.reverse() : expected);
    }),
    { numRuns: 50 },
  );
});

void t.test('continues where a scan stopped, up to the end or the limit', async (t) => {
  const asked: [number, number][] = [];
  const walk = async (total: number, options: Parameters<typeof walkAll>[2]): Promise<number[]> => {
    asked.length = 0;
    const scan = (from: number, limit: number) => {
      asked.push([from, limit]);
      const events = Array.from({ length: Math.max(0, Math.min(limit, total - from)) }, (_, index) =>
        event(from + index + 1),
      );
      return { events, through: from + events.length, more: from + events.length < total };
    };
    const served: number[] = [];
    for await (const each of walkAll(scan, breathe, options))
      served.push(...each.map(({ revision }) => revision));
    return served;
  };
  t.equal((await walk(1000, {})).length, 1000);
  t.strictSame(asked.slice(0, 2), [
    [0, 64],
    [64, 256],
  ]);
  t.strictSame(await walk(1000, { limit: 3 }), [1, 2, 3]);
  t.strictSame(asked, [[0, 3]]);
  t.equal((await walk(1000, { limit: 100 })).length, 100);
  t.strictSame(asked, [
    [0, 64],
    [64, 36],
  ]);
  t.strictSame(await walk(1000, { limit: 0 }), []);
  t.equal((await walk(1000, { from: 990n })).length, 10);
  t.strictSame(await walk(0, {}), [], 'an empty log returns no page');
  await walk(1000, { direction: 'backwards' });
  t.equal(asked[0]?.[0], Number.MAX_SAFE_INTEGER, 'a backward scan starts at the end');
});
