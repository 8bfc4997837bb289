import fc from 'fast-check';
import t from 'tap';
import { HOLD_MINIMUM, HOLD_SHARE, judge, type Listened } from '#src/fleet/liveness/judgement.js';

const TIMEOUT = 1000;

const node = (nodeId: string, silence: number, more: Partial<Listened> = {}): Listened => ({
  nodeId,
  silence,
  gap: undefined,
  hasRun: true,
  ...more,
});
const nodes = (count: number, silence: number, name: string, more: Partial<Listened> = {}): Listened[] =>
  Array.from({ length: count }, (_, index) => node(`${name}${index}`, silence, more));
const verdict = (all: readonly Listened[], justDown = 0): { down: number; held: number } => {
  const { down, held } = judge(all, TIMEOUT, justDown);
  return { down: down.length, held: held.length };
};

void t.test('marks a node down only after it has been silent for longer than the timeout', async (t) => {
  t.strictSame(judge([node('a', TIMEOUT), node('b', TIMEOUT + 1), node('c', 0)], TIMEOUT, 0), {
    down: ['b'],
    held: [],
  });
  t.strictSame(judge([], TIMEOUT, 100), { down: [], held: [] });
});

void t.test('holds all silent nodes if there are at least five and they are more than a fifth', async (t) => {
  const silent = (count: number, of: number) =>
    verdict([...nodes(count, TIMEOUT + 1, 's'), ...nodes(of - count, 0, 'l')]);
  t.strictSame(silent(4, 4), { down: 4, held: 0 }, 'four of four nodes may be down');
  t.strictSame(silent(5, 5), { down: 0, held: 5 });
  t.strictSame(silent(5, 25), { down: 5, held: 0 }, 'a fifth may be down');
  t.strictSame(silent(5, 24), { down: 0, held: 5 }, 'more than a fifth is held');
});

void t.test('counts nodes that were recently marked down among the failing ones', async (t) => {
  const silent = (count: number, alive: number, justDown: number) =>
    verdict([...nodes(count, TIMEOUT + 1, 's'), ...nodes(alive, 0, 'l')], justDown);
  t.strictSame(silent(1, 0, 4), { down: 0, held: 1 });
  t.strictSame(silent(1, 0, 3), { down: 1, held: 0 });
  t.strictSame(silent(1, 20, 4), { down: 1, held: 0 }, 'five failing nodes of 25 are not held');
  t.strictSame(silent(1, 19, 4), { down: 0, held: 1 }, 'five failing nodes of 24 are held');
});

void t.test('counts overdue nodes together with expired ones', async (t) => {
  const overdue = (silence: number, gap: number | undefined) =>
    verdict([node('s', TIMEOUT + 1), ...nodes(4, silence, 'o', { gap })]).held;
  t.equal(overdue(501, undefined), 1, 'without a known gap, a node is overdue after half the timeout');
  t.equal(overdue(500, undefined), 0);
  t.equal(overdue(501, 100), 1, 'with a short gap, a node is also overdue after half the timeout');
  t.equal(overdue(600, 400), 0, 'a node is not overdue until one and a half gaps have passed');
  t.equal(overdue(601, 400), 1);
  t.equal(overdue(1000, 900), 0, 'with a long gap, a node is not overdue before the timeout');
  t.equal(overdue(1001, 900), 5);
});

void t.test('neither holds nor counts nodes that never ran anything', async (t) => {
  const forged = nodes(20, TIMEOUT + 1, 'f', { hasRun: false });
  t.strictSame(verdict(forged), { down: 20, held: 0 });
  t.strictSame(verdict([...forged, node('s', TIMEOUT + 1), ...nodes(4, 0, 'l')]), { down: 21, held: 0 });
  t.strictSame(
    judge([...nodes(5, TIMEOUT + 1, 's'), ...nodes(20, 0, 'f', { hasRun: false })], TIMEOUT, 0).held.length,
    5,
    'nodes that never ran anything do not prevent a hold',
  );
});

void t.test('marks down or holds each expired node, and no other', async () => {
  const any = fc.array(
    fc.record({
      silence: fc.integer({ min: 0, max: 2 * TIMEOUT }),
      gap: fc.option(fc.integer({ min: 0, max: TIMEOUT }), { nil: undefined }),
      hasRun: fc.boolean(),
    }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(any, fc.nat(10), (all, justDown) => {
      const listened = all.map((each, index) => ({ ...each, nodeId: `n${index}` }));
      const { down, held } = judge(listened, TIMEOUT, justDown);
      const silent = listened.filter(({ silence }) => silence > TIMEOUT).map(({ nodeId }) => nodeId);
      if (String([...down, ...held].sort()) !== String(silent.sort())) return false;
      const running = listened.filter(({ hasRun }) => hasRun);
      const never = running.length + justDown < HOLD_MINIMUM;
      const dead = running.filter(({ silence }) => silence > TIMEOUT).length + justDown;
      const surely = dead >= HOLD_MINIMUM && dead > HOLD_SHARE * (running.length + justDown);
      if (never && held.length > 0) return false;
      return !(surely && down.some((id) => listened[Number(id.slice(1))]?.hasRun === true));
    }),
  );
});
