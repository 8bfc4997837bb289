import t from 'tap';
import { LastSeen, type SeenNode, type SignOfLife } from '#src/fleet/nodes/last-seen.js';
import { TestClock } from '../../../fixtures/test-clock.js';

const START = 1_800_000_000_000;

function book() {
  const clock = new TestClock(START);
  const telemetry = new LastSeen(clock);
  const signs: [string, SeenNode, SignOfLife][] = [];
  const end = telemetry.onHeard((...sign) => void signs.push(sign));
  const beat = (more: Partial<Parameters<LastSeen['heartbeat']>[1]> = {}) =>
    telemetry.heartbeat('n', { resources: { cpu: 1 }, listed: undefined, timestamp: undefined, ...more });
  const elsewhere = (more: Partial<Parameters<LastSeen['seenElsewhere']>[0]> = {}) =>
    telemetry.seenElsewhere({ nodeId: 'n', epoch: 1, ageMs: 0, resources: { cpu: 2 }, lists: true, ...more });
  return { clock, telemetry, signs, end, beat, elsewhere };
}

void t.test('counts a registration as a sign of life that does not list allocations', async (t) => {
  const { clock, telemetry, signs } = book();
  await clock.advance(5);
  telemetry.registered('n', { cpu: 1 });
  const heard = {
    at: START + 5,
    monotonic: 5,
    resources: { cpu: 1 },
    lists: undefined,
    gap: undefined,
    said: undefined,
  };
  t.strictSame(telemetry.of('n'), heard);
  t.strictSame(signs, [['n', heard, { listed: undefined, here: true, newest: true }]]);
  t.equal(telemetry.of('other'), undefined);
});

void t.test('records whether a heartbeat lists allocations, and which ones', async (t) => {
  const { telemetry, signs, beat } = book();
  for (const [listed, lists] of [
    [undefined, false],
    [[], true],
    [['a'], true],
  ] as const) {
    beat({ listed });
    t.equal(telemetry.of('n')?.lists, lists);
    t.strictSame(signs.at(-1)?.[2], { listed, here: true, newest: true });
  }
});

void t.test('measures the gap between the last two heartbeats since the registration', async (t) => {
  const { clock, telemetry, beat } = book();
  const gap = () => telemetry.of('n')?.gap;
  telemetry.registered('n', {});
  await clock.advance(10);
  beat();
  t.equal(gap(), undefined, 'a registration does not count as a heartbeat');
  await clock.advance(30);
  beat();
  t.equal(gap(), 30);
  await clock.advance(7);
  beat();
  t.equal(gap(), 7);
  telemetry.registered('n', {});
  t.equal(gap(), undefined, 'a new registration resets the gap');
});

void t.test('uses a late heartbeat only as a sign of life', async (t) => {
  const { clock, telemetry, signs, beat } = book();
  beat({ resources: { cpu: 7 }, listed: ['a'], timestamp: 20 });
  await clock.advance(3);
  t.ok(telemetry.isOld('n', 19));
  t.notOk(telemetry.isOld('n', 20));
  beat({ resources: { cpu: 9 }, listed: ['b'], timestamp: 19 });
  t.match(telemetry.of('n'), { at: START + 3, monotonic: 3, resources: { cpu: 7 }, lists: true, said: 20 });
  t.strictSame(signs.at(-1)?.[2], { listed: undefined, here: true, newest: false });
  telemetry.registered('n', {});
  t.notOk(telemetry.isOld('n', 19), 'after a new registration, any timestamp is accepted');
});

void t.test('records a node at its first sign of life', async (t) => {
  const { clock, telemetry, signs } = book();
  await clock.advance(4);
  telemetry.touched('n');
  const heard = {
    at: START + 4,
    monotonic: 4,
    resources: {},
    lists: undefined,
    gap: undefined,
    said: undefined,
  };
  t.strictSame(telemetry.of('n'), heard);
  t.strictSame(signs, [['n', heard, { listed: undefined, here: true, newest: false }]]);
});

void t.test("computes the time of another server's heartbeat from its age", async (t) => {
  const { clock, telemetry, signs, elsewhere } = book();
  await clock.advance(1000);
  elsewhere({ ageMs: 300, listed: ['a'], said: 12 });
  const heard = {
    at: START + 700,
    monotonic: 700,
    resources: { cpu: 2 },
    lists: true,
    gap: undefined,
    said: 12,
  };
  t.strictSame(telemetry.of('n'), heard);
  t.strictSame(signs, [['n', heard, { listed: ['a'], here: false, newest: true }]]);
  t.ok(telemetry.isOld('n', 11), 'a heartbeat with an older timestamp is late on this server too');
  await clock.advance(200);
  elsewhere({ ageMs: -50 });
  t.match(telemetry.of('n'), { monotonic: 1200, gap: 500 }, 'a negative age is treated as zero');
});

void t.test('ignores an older sign of life from another server', async (t) => {
  const { clock, telemetry, signs, beat, elsewhere } = book();
  await clock.advance(1000);
  beat({ resources: { cpu: 1 } });
  await clock.advance(100);
  elsewhere({ ageMs: 101 });
  t.match(telemetry.of('n'), { monotonic: 1000, resources: { cpu: 1 } });
  t.equal(signs.length, 1);
  elsewhere({ ageMs: 100 });
  t.match(
    telemetry.of('n'),
    { monotonic: 1000, resources: { cpu: 2 } },
    'a sign of the same moment is accepted',
  );
});

void t.test('counts a repeated sign of life once', async (t) => {
  const { clock, telemetry, elsewhere } = book();
  elsewhere();
  await clock.advance(40);
  elsewhere();
  t.equal(telemetry.of('n')?.gap, 40);
  await clock.advance(20);
  elsewhere({ ageMs: 19.5 });
  t.match(telemetry.of('n'), { gap: 40, monotonic: 40.5 });
  elsewhere({ ageMs: 19 });
  t.equal(telemetry.of('n')?.gap, 40);
  elsewhere({ ageMs: 17 });
  t.equal(telemetry.of('n')?.gap, 2);
});

void t.test('forgets removed nodes and their clocks', async (t) => {
  const { telemetry } = book();
  for (const node of ['a', 'b'])
    telemetry.heartbeat(node, { resources: {}, listed: undefined, timestamp: 10 });
  telemetry.retain(new Set(['b']));
  t.equal(telemetry.of('a'), undefined);
  t.ok(telemetry.of('b'));
  t.strictSame([telemetry.isOld('a', 9), telemetry.isOld('b', 9)], [false, true]);
});

void t.test('stores at most 64 resources per node', async (t) => {
  const { telemetry, beat } = book();
  beat({ resources: Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`r${index}`, index])) });
  t.equal(Object.keys(telemetry.of('n')?.resources ?? {}).length, 64);
});

void t.test('does not notify a listener that has unsubscribed', async (t) => {
  const { telemetry, signs, end, beat, elsewhere } = book();
  end();
  beat();
  elsewhere();
  telemetry.touched('n');
  t.strictSame(signs, []);
});
