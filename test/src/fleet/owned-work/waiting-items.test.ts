import t from 'tap';
import { PARKED_AFTER, backoffAfter, WaitingItems } from '#src/fleet/owned-work/waiting-items.js';
import { TestClock } from '../../../fixtures/test-clock.js';

async function scene() {
  const clock = new TestClock();
  await clock.advance(1000);
  return { clock, items: new WaitingItems(clock) };
}

void t.test('doubles delays from a quarter of a second up to the maximum', async (t) => {
  t.strictSame(
    [0, 1, 2, 3, 4].map((times) => backoffAfter(times, 1500)),
    [250, 250, 500, 1000, 1500],
  );
  t.equal(backoffAfter(10_000, Infinity), 250 * 2 ** 20, 'the delay is finite after any number of attempts');
});

void t.test('measures the age of an item from the first check that saw it', async (t) => {
  const { clock, items } = await scene();
  items.beginLook();
  t.equal(items.see('a'), 0);
  await clock.advance(70);
  items.beginLook();
  t.equal(items.see('a'), 70);
  items.endLook(new Map());
  t.equal(items.see('a'), 70, 'an item seen by the last check is not forgotten');
});

void t.test('forgets items that a check did not see, unless they are in progress', async (t) => {
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

void t.test('doubles the delay of a failing item, and parks it after eight failures', async (t) => {
  const { clock, items } = await scene();
  t.ok(items.mayTry('a', -1n), 'a new item is tried at once');
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

void t.test('delays items without effect by up to ten seconds, and counts no failures', async (t) => {
  const { clock, items } = await scene();
  for (let times = 0; times < 10; times += 1) items.failed('a');
  items.idle('a');
  t.equal(items.parked, 0);
  t.equal(items.nextTry, 1250, 'the delays restart with the first one');
  for (let times = 0; times < 10; times += 1) items.idle('a');
  t.equal(items.nextTry, 11_000);
  await clock.advance(10_000);
  t.ok(items.mayTry('a', -1n));
  items.failed('a');
  t.equal(items.nextTry, 11_250);
});

void t.test('delays the next attempt until the read models show the result', async (t) => {
  const { items } = await scene();
  items.failed('a');
  items.idle('a');
  items.settled('a', 7n);
  t.equal(items.nextTry, Infinity);
  t.notOk(items.mayTry('a', 6n));
  t.ok(items.mayTry('a', 7n));
  t.equal(items.failed('a'), 1, 'the count of failures restarts');
  items.settled('a', 7n);
  items.idle('a');
  t.equal(items.nextTry, 1250);
});

void t.test('ignores items in progress when it computes the next attempt', async (t) => {
  const { items } = await scene();
  items.failed('a');
  items.failed('b');
  items.failed('b');
  t.equal(items.nextTry, 1250, 'the next attempt is the earliest of all items');
  items.trying('a');
  t.equal(items.nextTry, 1500);
  items.trying('b');
  t.equal(items.nextTry, Infinity);
});
