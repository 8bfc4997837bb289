import t, { type Test } from 'tap';
import { HealthMonitor, type Dependency } from '#src/process/host/health-monitor.js';
import type { ReadinessCheck } from '#src/http/options.js';
import { TestClock } from '../../../fixtures/test-clock.js';

type Mood = 'well' | 'broken' | 'hangs';

/** A dependency with scripted health. */
class Moody implements Dependency {
  mood: Mood = 'well';
  asked = 0;
  underWay = 0;
  #answer: (() => void)[] = [];

  constructor(
    readonly name: string,
    readonly vital = true,
  ) {}

  async ask(): Promise<string> {
    this.asked += 1;
    this.underWay += 1;
    try {
      if (this.mood === 'broken') throw new Error('connection refused');
      if (this.mood === 'hangs') await new Promise<void>((resolve) => this.#answer.push(resolve));
      return 'well';
    } finally {
      this.underWay -= 1;
    }
  }

  answerAll(): void {
    for (const answer of this.#answer) answer();
    this.#answer = [];
  }
}

function scene(t: Test, own: () => readonly ReadinessCheck[] = () => [], mood: Mood = 'well') {
  const clock = new TestClock();
  const store = new Moody('store');
  store.mood = mood;
  const watch = new HealthMonitor([store], { clock, own });
  t.teardown(() => {
    store.answerAll();
    return watch.stop();
  });
  const since = (secondsAgo: number): string => new Date(clock.now() - secondsAgo * 1000).toISOString();
  return { clock, store, watch, since };
}

void t.test('is not ready before the first response', async (t) => {
  const { clock, watch, store } = scene(t);
  t.match(watch.checks(), [{ name: 'store', ok: false, detail: 'not checked yet' }]);
  await clock.advance(0);
  t.strictSame(watch.checks(), [{ name: 'store', ok: true, detail: 'well' }]);
  await clock.advance(10_000);
  t.equal(store.asked, 6, 'the store is probed every two seconds');
});

void t.test(
  'reports a dependency that fails twice in a row, with the time of the first failure',
  async (t) => {
    const { clock, watch, store, since } = scene(t);
    await clock.advance(1000);
    store.mood = 'broken';
    await clock.advance(1000);
    t.match(watch.checks(), [{ ok: true }], 'a single failure is not reported');
    await clock.advance(8000);
    t.strictSame(watch.checks(), [
      { name: 'store', ok: false, detail: 'connection refused', since: since(8) },
    ]);
    store.mood = 'well';
    await clock.advance(2000);
    t.strictSame(watch.checks(), [{ name: 'store', ok: true, detail: 'well' }]);
  },
);

void t.test('probes a failed dependency sooner, with growing intervals', async (t) => {
  const { clock, watch, store } = scene(t, () => [], 'broken');
  await clock.advance(60);
  t.match(watch.checks(), [{ ok: false, detail: 'connection refused' }]);
  store.mood = 'well';
  await clock.advance(100);
  t.match(watch.checks(), [{ ok: true }], 'a starting server is ready as soon as its dependency is');
  await clock.advance(2000);
  store.mood = 'broken';
  await clock.advance(4000);
  store.mood = 'well';
  await clock.advance(200);
  t.match(watch.checks(), [{ ok: true }], 'the server is ready again soon after its dependency recovers');
  store.mood = 'broken';
  await clock.advance(600_000);
  t.ok(
    store.asked < 320,
    `${store.asked} probes: a failed dependency is not probed more often than a healthy one in a long outage`,
  );
});

void t.test('reports a dependency that hangs, and limits the number of its probes', async (t) => {
  const { clock, watch, store, since } = scene(t);
  await clock.advance(0);
  store.mood = 'hangs';
  await clock.advance(240_000);
  t.match(watch.checks(), [
    { name: 'store', ok: false, detail: /^no response for \d+ ms$/, since: since(236) },
  ]);
  t.ok(store.underWay <= 25, `${store.underWay} probes are in progress after four minutes`);
  store.mood = 'well';
  store.answerAll();
  await clock.advance(4000);
  t.match(watch.checks(), [{ ok: true }]);
});

void t.test('reports when a check without a probe began to fail', async (t) => {
  let ok = true;
  const { clock, watch, since } = scene(t, () => [{ name: 'projector', ok, detail: 'x' }]);
  await clock.advance(10_000);
  ok = false;
  await clock.advance(60_000);
  t.match(watch.checks(), [{ name: 'projector', ok: false, since: since(58) }, {}]);
  ok = true;
  t.notOk(watch.checks()[0]?.since);
});

void t.test('reports once that a check has begun to fail, and once that it passes again', async (t) => {
  const clock = new TestClock();
  const own = { name: 'own', ok: true, detail: 'well' };
  const told: string[] = [];
  const watch = new HealthMonitor([], {
    clock,
    own: () => [{ ...own }],
    onChange: ({ name, ok, detail }) => told.push(`${name} ${ok} ${detail}`),
  });
  t.teardown(() => watch.stop());
  await clock.advance(2_000);
  own.ok = false;
  for (const detail of ['1 event', '2 events', '3 events']) {
    own.detail = detail;
    await clock.advance(2_000);
  }
  t.strictSame(told, ['own false 2 events'], 'not for a busy moment, and not again when the words change');
  own.ok = true;
  for (let look = 0; look < 3; look += 1) await clock.advance(2_000);
  t.strictSame(told, ['own false 2 events', 'own true 3 events']);
});
