import fc from 'fast-check';
import t from 'tap';
import { DUE_IMMEDIATELY, dueValue } from '#domain/work/index.js';

void t.test('index values sort in the order of their due times', async (t) => {
  const moment = fc.integer({ min: DUE_IMMEDIATELY, max: 8_640_000_000_000_000 });
  fc.assert(
    fc.property(moment, moment, (a, b) => {
      const [x, y] = [dueValue(a)!, dueValue(b)!];
      if (Math.sign(a - b) !== (x < y ? -1 : x > y ? 1 : 0)) throw new Error(`${a} ${b}`);
    }),
  );
  t.equal(dueValue(undefined), undefined);
  t.equal(dueValue(1.2), dueValue(2), 'fractions are rounded up, so that nothing is due too early');
  t.equal(dueValue(-5), dueValue(DUE_IMMEDIATELY));
});
