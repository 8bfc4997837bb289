import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import { RecentChecks } from '#src/accounts/recent-checks.js';

interface Found {
  readonly number: number;
}

interface End {
  readonly resolve: (found: Found) => void;
  readonly reject: (error: Error) => void;
}

function scene() {
  const clock = { at: 0, now: () => clock.at };
  const asked: { readonly key: string; readonly former: Found | undefined; readonly end: End }[] = [];
  const checks = new RecentChecks<Found>(
    clock,
    async (key, former) =>
      await new Promise<Found>((resolve, reject) => asked.push({ key, former, end: { resolve, reject } })),
  );
  return { clock, asked, checks };
}

void t.test('shares one check between all requests within a second', async (t) => {
  const { clock, asked, checks } = scene();
  const both = Promise.all([checks.get('a'), checks.get('a')]);
  asked[0]?.end.resolve({ number: 1 });
  t.same(await both, [{ number: 1 }, { number: 1 }]);
  clock.at = 999;
  t.same(await checks.get('a'), { number: 1 });
  t.equal(asked.length, 1);
  const other = checks.get('b');
  asked[1]?.end.resolve({ number: 2 });
  t.same(await other, { number: 2 }, 'another key has its own check');
});

void t.test(
  'returns the last result while a new check runs, unless the result is a minute old',
  async (t) => {
    const { clock, asked, checks } = scene();
    const first = checks.get('a');
    asked[0]?.end.resolve({ number: 1 });
    await first;
    clock.at = 1000;
    t.same(await checks.get('a'), { number: 1 });
    t.equal(asked.length, 2);
    asked[1]?.end.resolve({ number: 2 });
    await setImmediate();
    t.same(await checks.get('a'), { number: 2 });

    clock.at = 5000;
    t.same(await checks.get('a'), { number: 2 });
    asked[2]?.end.reject(new Error('away'));
    await setImmediate();
    t.same(await checks.get('a'), { number: 2 }, 'a failed check keeps the last result');
    asked[3]?.end.reject(new Error('away'));
    await setImmediate();
    clock.at = 62_000;
    const waits = checks.get('a');
    t.same(asked[4]?.former, { number: 2 });
    asked[4]?.end.reject(new Error('away for long'));
    await t.rejects(waits, { message: 'away for long' });
  },
);

void t.test('drops results when cleared, including those of checks that are still running', async (t) => {
  const { asked, checks } = scene();
  const before = checks.get('a');
  checks.clear();
  const after = checks.get('a');
  t.equal(asked.length, 2);
  asked[1]?.end.resolve({ number: 2 });
  t.same(await after, { number: 2 });
  asked[0]?.end.resolve({ number: 1 });
  t.same(await before, { number: 1 });
  t.same(await checks.get('a'), { number: 2 });
});
