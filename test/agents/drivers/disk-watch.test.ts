import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { DiskWatch, type DiskUse } from '#agents/drivers/disk-watch.js';
import { eventually } from '../../fixtures/eventually.js';

const LIMITS = { bytes: 1000, files: 10 };
const SMALL: DiskUse = { bytes: 1, files: 1 };
const LARGE: DiskUse = { bytes: 1001, files: 1 };

/** Measures at once, and counts the measurements. */
function quick(use: () => DiskUse) {
  const user = {
    measured: 0,
    ended: [] as string[],
    measure: async () => {
      user.measured += 1;
      return use();
    },
    end: async (problem: string) => void user.ended.push(problem),
  };
  return user;
}

/** Measures until it is released. */
function slow() {
  const waiting: ((use: DiskUse) => void)[] = [];
  const user = {
    ended: [] as string[],
    waiting,
    measure: async () => await new Promise<DiskUse>((resolve) => waiting.push(resolve)),
    end: async (problem: string) => void user.ended.push(problem),
  };
  return user;
}

void t.test('tasks with many files do not delay the checks of others, and are checked in turn', async (t) => {
  const life = new AbortController();
  t.teardown(() => life.abort());
  const watch = new DiskWatch(systemClock, LIMITS, 5, 20);
  const many = [slow(), slow(), slow()];
  let use = SMALL;
  const other = quick(() => use);
  for (const each of [...many, other]) watch.add(each);
  void watch.run(life.signal);
  await eventually(() => many.every(({ waiting }) => waiting.length === 1));
  const before = other.measured;
  await eventually(() => other.measured >= before + 10);
  use = LARGE;
  await eventually(() => other.ended.length > 0);
  t.match(other.ended[0], /^it used more than/);
  watch.remove(other);
  for (const { waiting } of many) waiting.shift()?.(SMALL);
  const underWay = (): number => many.reduce((sum, { waiting }) => sum + waiting.length, 0);
  const seen = new Set<unknown>();
  for (let round = 0; round < 3; round += 1) {
    await eventually(() => underWay() > 0);
    t.equal(underWay(), 1, 'one of them at a time');
    const next = many.find(({ waiting }) => waiting.length > 0);
    seen.add(next);
    const began = systemClock.monotonic();
    await eventually(() => systemClock.monotonic() - began > 40);
    next?.waiting.shift()?.(round === 2 ? LARGE : SMALL);
  }
  t.equal(seen.size, 3, 'each in turn');
  await eventually(() => many.some(({ ended }) => ended.length > 0));
});

void t.test('checks a task like others again once its measurement is quick', async (t) => {
  const life = new AbortController();
  t.teardown(() => life.abort());
  const watch = new DiskWatch(systemClock, LIMITS, 5, 20);
  let release: (() => void) | undefined;
  const user = quick(() => SMALL);
  const measure = user.measure;
  user.measure = async () => {
    if (user.measured === 0)
      await new Promise<void>((resolve) => {
        user.measured += 1;
        release = resolve;
      });
    return await measure();
  };
  watch.add(user);
  void watch.run(life.signal);
  await eventually(() => release !== undefined);
  const began = systemClock.monotonic();
  await eventually(() => systemClock.monotonic() - began > 40);
  release?.();
  await eventually(() => user.measured > 10);
  t.same(user.ended, []);
});
