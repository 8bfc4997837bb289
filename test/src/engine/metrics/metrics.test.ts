import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import t from 'tap';
import { Durations } from '#src/engine/metrics/durations.js';
import { Metrics } from '#src/engine/metrics/metrics.js';
import { parsePrometheus, valueOf } from '../../../fixtures/prometheus-text.js';
import { TestClock } from '../../../fixtures/test-clock.js';

void t.test('reports the same histogram as prom-client', async (t) => {
  const bounds = [0.001, 0.01, 0.1, 1];
  const seconds = fc.oneof(fc.constantFrom(...bounds), fc.double({ min: 0, max: 3, noNaN: true }));
  await fc.assert(
    fc.asyncProperty(fc.array(seconds, { maxLength: 50 }), async (observed) => {
      const ours = new Durations(bounds);
      const registry = new Registry();
      const theirs = new Histogram({ name: 'x_seconds', help: 'x', buckets: bounds, registers: [registry] });
      for (const each of observed) {
        ours.observe(each);
        theirs.observe(each);
      }
      const metrics = new Metrics(new TestClock());
      metrics.durations('x_seconds', 'x', () => [{ snapshot: ours.snapshot() }]);
      const family = parsePrometheus(await metrics.text()).get('x_seconds');
      t.strictSame(family, parsePrometheus(await registry.metrics()).get('x_seconds'));
    }),
    { numRuns: 50 },
  );
});

void t.test('reads values only at each scrape', async (t) => {
  let asked = 0;
  const metrics = new Metrics(new TestClock());
  metrics.gauge('muster_asked', 'How often it was asked.', () => [{ value: (asked += 1) }]);
  t.equal(asked, 0);
  t.match(
    await metrics.text(),
    /^# HELP muster_asked How often it was asked\.\n# TYPE muster_asked gauge\nmuster_asked 1$/m,
  );
  t.match(await metrics.text(), /^muster_asked 2$/m);
});

void t.test('shares one read between concurrent scrapes', async (t) => {
  let asked = 0;
  const metrics = new Metrics(new TestClock());
  metrics.gauge('muster_asked', 'How often it was asked.', () => [{ value: (asked += 1) }]);
  const texts = await Promise.all(Array.from({ length: 20 }, () => metrics.text()));
  t.equal(new Set(texts).size, 1);
  t.equal(asked, 1);
});

void t.test('omits a value whose read fails or hangs, and counts it', async (t) => {
  const clock = new TestClock();
  const metrics = new Metrics(clock);
  metrics.gauge('muster_fine', 'Fine.', () => [{ value: 1 }]);
  metrics.gauge('muster_failing', 'Fails.', () => {
    throw new Error('no');
  });
  metrics.gauge('muster_hanging', 'Hangs.', () => new Promise(() => undefined));
  const text = metrics.text();
  await clock.advance(1_000);
  const families = parsePrometheus(await text);
  t.equal(valueOf(families, 'muster_fine'), 1);
  t.same(families.get('muster_failing')?.samples, []);
  t.same(families.get('muster_hanging')?.samples, []);
  t.equal(valueOf(families, 'muster_metrics_unread'), 2);
});

void t.test('keeps the values of two instances separate', async (t) => {
  const [one, two] = [new Metrics(new TestClock()), new Metrics(new TestClock())];
  one.gauge('muster_same', 'Same.', () => [{ value: 1 }]);
  two.gauge('muster_same', 'Same.', () => [{ value: 2 }]);
  t.match(await one.text(), /^muster_same 1$/m);
  t.match(await two.text(), /^muster_same 2$/m);
});

void t.test('combines samples that several parts register under the same metric', async (t) => {
  const metrics = new Metrics(new TestClock());
  for (const [queue, value] of [
    ['calls', 1],
    ['commands', 2],
  ] as const)
    metrics.gauge('muster_queue', 'What waits.', () => [{ labels: { queue }, value }]);
  const text = await metrics.text();
  t.equal(text.split('# TYPE muster_queue gauge').length, 2);
  t.match(text, /^muster_queue\{queue="calls"\} 1\nmuster_queue\{queue="commands"\} 2$/m);
});

void t.test('has no metric ending in `_total` that is not a counter', async (t) => {
  const text = await new Metrics(new TestClock()).text();
  const types = [...text.matchAll(/^# TYPE (\S+_total) (\S+)$/gm)].map(([, , type]) => type);
  t.ok(types.length > 0, 'process_cpu_seconds_total, among others');
  t.same([...new Set(types)], ['counter']);
  t.match(text, /^nodejs_active_resources\{/m, 'the metrics by type remain');
});
