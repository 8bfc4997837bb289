import t from 'tap';
import { asked, judge, type Figure, type Row } from './row.js';
import { table } from './report.js';

const never = (): Promise<Figure> => Promise.reject(new Error('it is not measured here'));
const absolute: Row = {
  name: 'one',
  what: 'one',
  sense: 'least',
  bar: 5_000,
  quickBar: 200,
  unit: 'a second',
  measure: never,
};
const relative: Row = { ...absolute, floor: 'b', bar: 0.3, and: 'p99 under 5 times that of (b)' };
const WHOLE = { quick: false, wiring: 'embedded' } as const;

void t.test('a row without a floor passes if the median of its figures reaches the target', async (t) => {
  t.equal(asked(absolute, false), 'at least 5,000 a second');
  t.ok(judge(absolute, { runs: [4_000, 5_000, 9_000], notes: [] }, WHOLE).passed);
  t.notOk(judge(absolute, { runs: [4_000, 4_999, 9_000], notes: [] }, WHOLE).passed);
});

void t.test(
  'a row with a floor passes if the median share of the floor reaches the target, whatever the figures are',
  async (t) => {
    t.equal(asked(relative, false), 'at least 0.3 of (b), p99 under 5 times that of (b)');
    const slow = judge(relative, { runs: [40, 31, 10], floors: [100, 100, 100], notes: [] }, WHOLE);
    t.equal(slow.share, 0.31);
    t.ok(slow.passed);
    t.notOk(
      judge(relative, { runs: [9_000, 9_000, 9_000], floors: [31_000, 31_000, 31_000], notes: [] }, WHOLE)
        .passed,
    );
    t.notOk(
      judge(relative, { runs: [9_000], notes: [] }, WHOLE).passed,
      'a row does not pass if its floor was not measured',
    );
  },
);

void t.test('a quick run is compared only with the target for quick runs', async (t) => {
  t.equal(asked(relative, true), 'at least 200 a second');
  t.ok(
    judge(relative, { runs: [300], floors: [30_000], notes: [], broken: 'p99' }, { ...WHOLE, quick: true })
      .passed,
  );
});

void t.test("the table shows each row's floor and the share of it that was reached", async (t) => {
  const outcome = judge(relative, { runs: [40, 25, 10], floors: [100, 100, 100], notes: [] }, WHOLE);
  const [head, , line] = table([{ row: relative, outcomes: { embedded: outcome } }], false).split('\n');
  t.match(head, '| its floor | share of the floor |');
  t.equal(
    line,
    '| one | at least 0.3 of (b), p99 under 5 times that of (b) | **25.0** | 100 (b) | 0.25 |  |  | 40.0, 25.0, 10.0 | **miss** by 17 % |',
  );
});
