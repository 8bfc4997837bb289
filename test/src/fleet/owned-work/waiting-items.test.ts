import t from 'tap';
import { PARKED_AFTER, backoffAfter, WaitingItems } from '#src/fleet/owned-work/waiting-items.js';
import { TestClock } from '../../../fixtures/test-clock.js';

async function scene() {
  const clock = new TestClock();
  await clock.advance(1000);
  return { clock, items: new WaitingItems(clock) };
}

void t.test('a pause doubles from a quarter of a second, up to the longest', async (t) => {
  t.strictSame(
    [0, 1, 2, 3, 4].map((times) => backoffAfter(times, 1500)),
    [250, 250, 500, 1000, 1500],
  );
  t.equal(backoffAfter(10_000, Infinity), 250 * 2 ** 20, 'and is a number after any count');
});

void t.test('what is due is known from the first look that saw it', async (t) => {
  const { clock, items } = await scene();
  items.beginLook();
  t.equal(items.see('a'), 0);
  await clock.advance(70);
  items.beginLook();
  t.equal(items.see('a'), 70);
  items.endLook(new Map());
  t.equal(items.see('a'), 70, 'it was seen');
});

void t.test('what a look did not see is forgotten, unless it is dealt with', async (t) => {
  const { clock, items } = await scene();
  items.beginLook();
  for (const id of ['seen', 'gone', 'busy']) items.see(id);
  for (const id of ['seen', 'gone', 'busy']) items.failed(id);
  await clock.advance(5);
  items.beginLook();
  items.see('seen');
  items.endLook(new Map([['busy', undefined]]));
  t.strictSame(
    ['seen', 'gone', 'busy'].map((id) => items.see(id)),
    [5, 0, 5],
  );
  t.ok(items.mayTry('gone', -1n));
  t.notOk(items.mayTry('busy', -1n));
});

void t.test('what failed waits longer each time, and after eight times is parked', async (t) => {
  const { clock, items } = await scene();
  t.ok(items.mayTry('a', -1n), 'a new one is tried at once');
  t.equal(items.nextTry, Infinity);
  let now = 1000;
  for (let times = 1; times <= 12; times += 1) {
    t.equal(items.failed('a'), times);
    const pause = Math.min(300_000, 250 * 2 ** (times - 1));
    t.equal(items.nextTry, now + pause);
    t.equal(items.parked, times >= PARKED_AFTER ? 1 : 0);
    await clock.advance(pause - 1);
    t.notOk(items.mayTry('a', 100n));
    await clock.advance(1);
    t.ok(items.mayTry('a', 100n));
    now += pause;
  }
});

void t.test('what came to nothing waits ten seconds at most, and is no failure', async (t) => {
  const { clock, items } = await scene();
  for (let times = 0; times < 10; times += 1) items.failed('a');
  items.idle('a');
  t.equal(items.parked, 0);
  t.equal(items.nextTry, 1250, 'from the first pause on');
  for (let times = 0; times < 10; times += 1) items.idle('a');
  t.equal(items.nextTry, 11_000);
  await clock.advance(10_000);
  t.ok(items.mayTry('a', -1n));
  items.failed('a');
  t.equal(items.nextTry, 11_250);
});

void t.test('what was done waits until the read models show it', async (t) => {
  const { items } = await scene();
  items.failed('a');
  items.idle('a');
  items.settled('a', 7n);
  t.equal(items.nextTry, Infinity);
  t.notOk(items.mayTry('a', 6n));
  t.ok(items.mayTry('a', 7n));
  t.equal(items.failed('a'), 1, 'it begins to count anew');
  items.settled('a', 7n);
  items.idle('a');
  t.equal(items.nextTry, 1250);
});

void t.test('what is being tried is waited for by nobody', async (t) => {
  const { items } = await scene();
  items.failed('a');
  items.failed('b');
  items.failed('b');
  t.equal(items.nextTry, 1250, 'the earliest');
  items.trying('a');
  t.equal(items.nextTry, 1500);
  items.trying('b');
  t.equal(items.nextTry, Infinity);
});
