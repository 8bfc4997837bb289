import t from 'tap';
import { Signal } from '#src/engine/concurrency/signal.js';
import { TestClock } from '../../../fixtures/test-clock.js';

/** Returns a function that checks whether the wait is over, after all work that needs no time. */
function watched(clock: TestClock, waiting: Promise<void>) {
  let over = false;
  void waiting.then(() => (over = true));
  return async (): Promise<boolean> => {
    await clock.advance(0);
    return over;
  };
}

const never = new AbortController().signal;

void t.test('wakes a waiter when notified', async (t) => {
  const clock = new TestClock();
  const bell = new Signal();
  for (const ms of [undefined, 1000]) {
    const over = watched(clock, bell.wait(clock, ms, never));
    t.notOk(await over());
    bell.notify();
    t.ok(await over());
    t.equal(clock.sleeping, 0, 'no timer is left');
  }
});

void t.test('keeps a notification without a waiter for exactly one later waiter', async (t) => {
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

void t.test('ends a wait at its timeout', async (t) => {
  const clock = new TestClock();
  const bell = new Signal();
  const over = watched(clock, bell.wait(clock, 50, never));
  await clock.advance(49);
  t.notOk(await over());
  await clock.advance(1);
  t.ok(await over());
  const next = watched(clock, bell.wait(clock, 50, never));
  t.notOk(await next(), 'a timeout does not count as a notification');
  await clock.advance(50);
  t.ok(await next());
});

void t.test('ends a wait on abort, even before it began', async (t) => {
  const clock = new TestClock();
  const bell = new Signal();
  const stopping = new AbortController();
  const over = watched(clock, bell.wait(clock, undefined, stopping.signal));
  t.notOk(await over());
  stopping.abort();
  t.ok(await over());
  t.ok(await watched(clock, bell.wait(clock, undefined, stopping.signal))());
});

void t.test('leaves no listener on the abort signal after the wait', async (t) => {
  const clock = new TestClock();
  const bell = new Signal();
  const stopping = new AbortController();
  const over = watched(clock, bell.wait(clock, undefined, stopping.signal));
  bell.notify();
  t.ok(await over());
  stopping.abort();
  t.notOk(
    await watched(clock, bell.wait(clock, undefined, never))(),
    'the abort did not count as a notification',
  );
});
