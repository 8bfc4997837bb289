import t from 'tap';
import type * as Search from '../../../console/moment/search.js';
import { loadConsole } from '../fixtures/load.js';

const { nextTo } = await loadConsole<typeof Search>('moment/search.ts');
/** Number of positions that one page covers. */
const PAGE = 100n;
const HEAD = '5000';

/** Simulates a log with failures and other changes at these positions. `pages` counts the pages that are read. */
function log(
  head: bigint,
  failures: readonly bigint[],
  others: readonly bigint[] = [],
): Search.Changes & { pages: number } {
  const within = (from: bigint, to: bigint) =>
    [...failures, ...others]
      .filter((each) => each >= from && each <= to)
      .sort((one, other) => Number(one - other))
      .map((each) => ({ position: String(each), failed: failures.includes(each) }));
  const read = {
    pages: 0,
    after: async (position: string) => {
      read.pages += 1;
      const from = BigInt(position);
      const last = from + PAGE < head ? from + PAGE : head;
      return { changes: within(from + 1n, last), position: String(last) };
    },
    upTo: async (position: string) => {
      read.pages += 1;
      const to = BigInt(position) < head ? BigInt(position) : head;
      return {
        changes: within(to - PAGE + 1n, to).toReversed(),
        next: to - PAGE < 0n ? null : String(to - PAGE),
      };
    },
  };
  return read;
}

const at = (position: string): Search.Moment => ({ at: position, head: HEAD });

void t.test('the next failure is the first one after the moment', async (t) => {
  const changes = log(5000n, [40n, 50n, 990n], [45n, 2000n]);
  t.same(await nextTo('next', at('40'), changes), { position: '50' });
  t.same(await nextTo('next', at('50'), changes), { position: '990' });
  t.same(await nextTo('next', at('990'), changes), { position: undefined, complete: true });
});

void t.test('the previous failure is the last one before the moment', async (t) => {
  const changes = log(5000n, [40n, 50n, 2990n], [45n, 60n]);
  t.same(await nextTo('previous', at('3001'), changes), { position: '2990' });
  t.same(
    await nextTo('previous', at('2990'), changes),
    { position: '50' },
    'the failure is found on a later page',
  );
  t.same(await nextTo('previous', at('50'), changes), { position: '40' });
  t.same(await nextTo('previous', at('40'), changes), { position: undefined, complete: true });
});

void t.test('the change before the present is the newest one', async (t) => {
  const changes = log(5000n, [40n, 5000n]);
  t.same(await nextTo('previous', { at: undefined, head: HEAD }, changes), { position: '5000' });
  t.same(await nextTo('previous', at(HEAD), changes), { position: '40' });
});

void t.test('a search in a long log stops, and reports that it is incomplete', async (t) => {
  for (const [direction, from] of [
    ['next', '20'],
    ['previous', '800000'],
  ] as const) {
    const far = log(1_000_000n, [10n, 900_000n]);
    t.same(await nextTo(direction, at(from), far), { position: undefined, complete: false });
    t.equal(far.pages, 50);
  }
});

void t.test('any change is found if the filter accepts all', async (t) => {
  const changes = log(3000n, [], [30n, 60n]);
  const any = (): boolean => true;
  t.same(await nextTo('previous', at('60'), changes, any), { position: '30' });
  t.same(await nextTo('next', at('30'), changes, any), { position: '60' });
  t.same(await nextTo('next', at('30'), changes), { position: undefined, complete: true });
});
