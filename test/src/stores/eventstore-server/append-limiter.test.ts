import fc from 'fast-check';
import t from 'tap';
import { AppendLimiter } from '#src/stores/eventstore-server/append-limiter.js';

void t.test('admits appends in order, up to its limits of count and size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 30 }),
      async (scheduler, sizes) => {
        const gate = new AppendLimiter(4, 50);
        const entered: number[] = [];
        let [count, size] = [0, 0];
        const passes = sizes.map((each, n) =>
          gate.pass(each, async () => {
            entered.push(n);
            count += 1;
            size += each;
            if (count > 4 || size > 50) throw new Error(`${count} of ${size} at once`);
            await scheduler.schedule(Promise.resolve());
            count -= 1;
            size -= each;
          }),
        );
        await scheduler.waitFor(Promise.all(passes));
        return entered.every((n, place) => n === place) && entered.length === sizes.length;
      },
    ),
  );
});

void t.test('admits an append above the size limit, even after one that failed', async (t) => {
  const gate = new AppendLimiter(4, 50);
  await t.rejects(gate.pass(10, () => Promise.reject(new Error('failed'))));
  t.equal(await gate.pass(1000, () => Promise.resolve('in')), 'in');
});
