import t from 'tap';
import { backOff } from '#domain/kernel/back-off.js';

const DOUBLINGS = 20;

void t.test('the delay doubles with each failure, up to the maximum', async (t) => {
  const retryDelay = backOff({ firstMs: 250, mostMs: 1500 });
  t.same([1, 2, 3, 4, 5, 10_000].map(retryDelay), [250, 500, 1000, 1500, 1500, 1500]);
});

void t.test('a failure count below one returns the initial delay', async (t) => {
  const retryDelay = backOff({ firstMs: 250, mostMs: 1500 });
  t.equal(retryDelay(0), 250);
  t.equal(retryDelay(-1), 250);
});

void t.test('an initial delay above the maximum is reduced to the maximum', async (t) => {
  t.equal(backOff({ firstMs: 500, mostMs: 200 })(1), 200);
});

void t.test('without a maximum, the delay stops growing after 20 doublings', async (t) => {
  const retryDelay = backOff({ firstMs: 3 });
  t.equal(retryDelay(DOUBLINGS), 3 * 2 ** (DOUBLINGS - 1));
  t.equal(retryDelay(DOUBLINGS + 1), 3 * 2 ** DOUBLINGS);
  t.equal(retryDelay(DOUBLINGS + 2), 3 * 2 ** DOUBLINGS);
  t.equal(retryDelay(Number.MAX_VALUE), 3 * 2 ** DOUBLINGS);
});

void t.test('with an initial delay of 0, every delay is 0', async (t) => {
  t.same([1, 2, 2000].map(backOff({ firstMs: 0, mostMs: 1000 })), [0, 0, 0]);
});

void t.test(
  'a jitter of 0.5 draws each delay from the upper half of its range, even at the maximum',
  async (t) => {
    const drawn = [0, 0.5, 1, 0, 1];
    const retryDelay = backOff({
      firstMs: 100,
      mostMs: 300,
      jitter: { share: 0.5, random: () => drawn.shift() ?? 0 },
    });
    t.same([1, 1, 1, 7, 7].map(retryDelay), [50, 75, 100, 150, 300]);
  },
);

void t.test('jitter shortens a delay by at most the configured share', async (t) => {
  const shortest = (share: number) => backOff({ firstMs: 100, jitter: { share, random: () => 0 } })(2);
  t.equal(shortest(0), 200);
  t.equal(shortest(0.25), 150);
  t.equal(shortest(1), 0);
});
