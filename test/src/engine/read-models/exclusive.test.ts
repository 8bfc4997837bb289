import t from 'tap';
import { Exclusive } from '#src/engine/read-models/exclusive.js';

void t.test('one piece of work at a time, in the order they were handed in, also after one that failed', async (t) => {
  const exclusive = new Exclusive();
  const order: string[] = [];
  let under = 0;
  const work =
    (name: string, fails = false) =>
    async (): Promise<string> => {
      under += 1;
      t.equal(under, 1, name);
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
      order.push(name);
      if (fails) throw new Error(name);
      return name;
    };
  const all = [exclusive.run(work('a')), exclusive.run(work('b', true)), exclusive.run(work('c'))];
  t.match(await Promise.allSettled(all), [{ value: 'a' }, { reason: { message: 'b' } }, { value: 'c' }]);
  t.strictSame(order, ['a', 'b', 'c']);
});
