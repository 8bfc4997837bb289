import t from 'tap';
import { DURATION_BOUNDS, Durations } from '#src/engine/metrics/durations.js';

void t.test(
  'a duration falls into the first bucket whose bound it does not pass, and each is counted once',
  async (t) => {
    const durations = new Durations([1, 2, 5]);
    for (const seconds of [0, 1, 1.5, 2, 5, 5.1, 100]) durations.observe(seconds);
    t.strictSame(durations.snapshot(), { bounds: [1, 2, 5], counts: [2, 2, 1, 2], sum: 114.6 });
  },
);

void t.test('what was never observed is nothing, in the buckets of a request', async (t) => {
  const { bounds, counts, sum } = new Durations().snapshot();
  t.strictSame([bounds, counts, sum], [DURATION_BOUNDS, Array(DURATION_BOUNDS.length + 1).fill(0), 0]);
});

void t.test('a snapshot stays as it was', async (t) => {
  const durations = new Durations([1]);
  const before = durations.snapshot();
  durations.observe(1);
  t.strictSame(before.counts, [0, 0]);
});
