import t from 'tap';
import { counters, numberOf, type CounterEvent } from '#domain/kernel/counter/index.js';
import { specify } from '../event/decider-specification.js';

const { given } = specify(counters);
const taken = (owner: string): CounterEvent => ({
  type: 'NumberTaken',
  data: { counter: 'users', for: owner },
});

void t.test('each request gets a new number, even if the same owner repeats it', async (t) => {
  given().when({ counter: 'users', for: 'u1' }).then(t, taken('u1'));
  given(taken('u1')).when({ counter: 'users', for: 'u2' }).then(t, taken('u2'));
  given(taken('u1')).when({ counter: 'users', for: 'u1' }).then(t, taken('u1'));
});

void t.test('the first number is one', async (t) => {
  t.same(
    [0, 1, 41].map((revision) => numberOf({ revision })),
    [1, 2, 42],
  );
});

void t.test('numbers are not reused after the cluster is cleared', async (t) => {
  t.strictSame([counters.stream('x'), counters.outlivesClear], ['counter-x', true]);
});
