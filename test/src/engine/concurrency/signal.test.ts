import t from 'tap';
import { Signal } from '#src/engine/concurrency/signal.js';
import { TestClock } from '../../../fixtures/test-clock.js';

/** Whether it is over, once all has happened that waits for no time. */
function watched(clock: TestClock, waiting: Promise<void>) {
  let over = false;
  void waiting.then(() => (over = true));
  return async (): Promise<boolean> => {
    await clock.advance(0);
    return over;
  };
}

const never = new AbortController().signal;

void t.test('who waits is woken by a ring', async (t) => {
  const clock = new TestClock();
  const bell = new Signal();
  for (const ms of [undefined, 1000]) {
    const over = watched(clock, bell.wait(clock, ms, never));
    t.notOk(await over());
    bell.notify();
    t.ok(await over());
    t.equal(clock.sleeping, 0, 'nothing of it stays');
  }
});

void t.test('a ring that nobody hears is kept for the next who waits, and for that one alone', async (t) => {
  const clock = new TestClock();
  const bell = new Signal();
  bell.notify();
  bell.notify();
  t.ok(await watched(clock, bell.wait(clock, undefined, never))());
  const over = watched(clock, bell.wait(clock, undefined, never));
  t.notOk(await over());
  bell.notify();
  t.ok(await over());
});

void t.test('without a ring it is over when the time is', async (t) => {
  const clock = new TestClock();
  const bell = new Signal();
  const over = watched(clock, bell.wait(clock, 50, never));
  await clock.advance(49);
  t.notOk(await over());
  await clock.advance(1);
  t.ok(await over());
  const next = watched(clock, bell.wait(clock, 50, never));
  t.notOk(await next(), 'and was no ring');
  await clock.advance(50);
  t.ok(await next());
});

void t.test('an abort ends it, also where nothing is waited for yet', async (t) => {
  const clock = new TestClock();
  const bell = new Signal();
  const stopping = new AbortController();
  const over = watched(clock, bell.wait(clock, undefined, stopping.signal));
  t.notOk(await over());
  stopping.abort();
  t.ok(await over());
  t.ok(await watched(clock, bell.wait(clock, undefined, stopping.signal))());
});

void t.test('nothing listens to a signal after the wait', async (t) => {
  const clock = new TestClock();
  const bell = new Signal();
  const stopping = new AbortController();
  const over = watched(clock, bell.wait(clock, undefined, stopping.signal));
  bell.notify();
  t.ok(await over());
  stopping.abort();
  t.notOk(await watched(clock, bell.wait(clock, undefined, never))(), 'the abort rang no bell');
});
