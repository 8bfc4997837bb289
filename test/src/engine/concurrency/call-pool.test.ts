import t from 'tap';
import { CallPool } from '#src/engine/concurrency/index.js';
import { eventually } from '../../../fixtures/eventually.js';

/** Work that goes on until the test ends it. */
function scene(size: number) {
  const pool = new CallPool(size);
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const run = (name: string): Promise<string> =>
    pool.run(async () => {
      begun.push(name);
      await new Promise<void>((resolve, reject) => ends.set(name, (error) => (error === undefined ? resolve() : reject(error))));
      return name;
    });
  return { pool, begun, run, end: (name: string, error?: Error): void => ends.get(name)?.(error) };
}

void t.test('so many are under way at once, and the others wait in order', async (t) => {
  const { pool, begun, run, end } = scene(2);
  const results = ['a', 'b', 'c', 'd'].map((name) => run(name));
  t.strictSame([begun.join(''), pool.underWay, pool.queued], ['ab', 2, 2]);
  end('b');
  await eventually(() => begun.length === 3);
  t.strictSame([begun.join(''), pool.underWay, pool.queued], ['abc', 2, 1]);
  for (const name of ['a', 'c']) end(name);
  await eventually(() => begun.length === 4);
  end('d');
  t.strictSame(await Promise.all(results), ['a', 'b', 'c', 'd']);
  t.strictSame([pool.underWay, pool.queued], [0, 0]);
});

void t.test('what fails makes room as what succeeds does', async (t) => {
  const { pool, begun, run, end } = scene(1);
  const failing = run('a');
  const next = run('b');
  end('a', new Error('it failed'));
  await t.rejects(failing, { message: 'it failed' });
  await eventually(() => begun.length === 2);
  end('b');
  t.equal(await next, 'b');
  t.equal(pool.underWay, 0);
});
