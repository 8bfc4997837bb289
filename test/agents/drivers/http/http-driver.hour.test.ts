import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { listen, setUp } from './scene.js';

void t.test('cancels a call that has no response after an hour', async (t) => {
  const waits: { readonly ms: number; readonly over: () => void }[] = [];
  const clock: Clock = {
    ...systemClock,
    sleep: (ms, signal) =>
      ms < 3_600_000
        ? systemClock.sleep(ms, signal)
        : new Promise((resolve) => waits.push({ ms, over: () => resolve() })),
  };
  let asked = (): void => undefined;
  const arrived = new Promise<void>((resolve) => (asked = resolve));
  const peer = await listen(t, () => asked());
  const { driver, spec } = await setUp(t, { clock });
  const task = await driver.start(spec({ url: peer.url }));
  await arrived;
  t.same(
    waits.map(({ ms }) => ms),
    [3_600_000],
  );
  waits[0]?.over();
  t.match(await task.exit, {
    exitCode: 1,
    problem: 'the call was ended after 3600 seconds, the maximum for a call',
  });
});
