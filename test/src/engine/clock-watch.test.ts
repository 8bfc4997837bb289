import t from 'tap';
import { ClockWatch, type ClockStep } from '#src/engine/clock-watch.js';
import { eventually } from '../../fixtures/eventually.js';

/** A clock whose time advances with each sleep, and whose wall clock the test sets. */
function scene() {
  const steps: ClockStep[] = [];
  let [elapsed, wall, looks] = [0, 1_000_000, 0];
  const clock = {
    now: () => wall + elapsed,
    monotonic: () => elapsed,
    sleep: async (ms: number, signal?: { readonly aborted: boolean }) => {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (signal?.aborted !== true) [elapsed, looks] = [elapsed + ms, looks + 1];
    },
  };
  const watch = new ClockWatch({ clock, onStep: (step) => steps.push(step) });
  /** Waits until the watch has compared the clocks twice more. */
  const seen = async (): Promise<void> => {
    const until = looks + 2;
    await eventually(async () => looks >= until);
  };
  return { watch, steps, seen, set: (byMs: number) => void (wall += byMs) };
}

void t.test('detects clock changes in both directions and notifies listeners', async (t) => {
  const { watch, steps, seen, set } = scene();
  t.teardown(() => watch.stop());
  const heard: number[] = [];
  const leave = watch.onMoved((byMs) => heard.push(Math.round(byMs)));
  await seen();
  t.same([watch.last, heard], [undefined, []]);
  for (const byMs of [-31_536_000_000, 2_000]) {
    set(byMs);
    await seen();
    t.equal(watch.last?.byMs, byMs);
  }
  leave();
  set(-5_000);
  await seen();
  t.same(heard, [-31_536_000_000, 2_000]);
  t.same(
    steps.map(({ byMs }) => byMs),
    [-31_536_000_000, 2_000, -5_000],
  );
});

void t.test('ignores slow corrections', async (t) => {
  const { watch, seen, set } = scene();
  t.teardown(() => watch.stop());
  for (let time = 0; time < 5; time += 1) {
    set(-100);
    await seen();
  }
  t.equal(watch.last, undefined);
});

void t.test('reports a clock that is behind as a clock that was set back', async (t) => {
  const { watch } = scene();
  t.teardown(() => watch.stop());
  watch.foundBehind(86_400_000);
  t.match(watch.last, { byMs: -86_400_000 });
});
