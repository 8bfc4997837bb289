import t from 'tap';
import { DURATION_BOUNDS, Durations } from '#src/engine/metrics/durations.js';

void t.test('counts each duration once, in the first bucket that contains it', async (t) => {
  const durations = new Durations([1, 2, 5]);
  for (const seconds of [0, 1, 1.5, 2, 5, 5.1, 100]) durations.observe(seconds);
  t.strictSame(durations.snapshot(), { bounds: [1, 2, 5], counts: [2, 2, 1, 2], sum: 114.6 });
});

void t.test('reports zero for unobserved durations of requests', async (t) => {
  const { bounds, counts, sum } = new Durations().snapshot();
  t.strictSame([bounds, counts, sum], [DURATION_BOUNDS, Array(DURATION_BOUNDS.length + 1).fill(0), 0]);
});

void t.test('does not change a snapshot with later observations', async (t) => {
  const durations = new Durations([1]);
  const before = durations.snapshot();
  durations.observe(1);
  t.strictSame(before.counts, [0, 0]);
});
