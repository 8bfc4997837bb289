import t from 'tap';
import { KeyedMutex } from '#src/engine/commands/keyed-mutex.js';
import { eventually } from '../../../fixtures/eventually.js';

function scene(bound = 100) {
  const turns = new KeyedMutex(bound);
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const take = (name: string, work: string): Promise<string> =>
    turns.take(name, async () => {
      begun.push(work);
      await new Promise<void>((resolve, reject) =>
        ends.set(work, (error) => (error === undefined ? resolve() : reject(error))),
      );
      return work;
    });
  return { turns, begun, take, end: (work: string, error?: Error) => ends.get(work)?.(error) };
}

void t.test('runs work with the same key in order, and with different keys concurrently', async (t) => {
  const { turns, begun, take, end } = scene();
  const all = [take('a', 'a1'), take('a', 'a2'), take('b', 'b1'), take('a', 'a3')];
  t.strictSame(begun, ['a1', 'b1']);
  t.equal(turns.underWay, 4);
  end('a1');
  await eventually(() => begun.length === 3);
  t.equal(turns.underWay, 3);
  t.strictSame(begun, ['a1', 'b1', 'a2']);
  end('a2');
  await eventually(() => begun.length === 4);
  end('a3');
  end('b1');
  t.strictSame(await Promise.all(all), ['a1', 'a2', 'b1', 'a3']);
  t.equal(turns.underWay, 0);
});

void t.test('runs the next queued work after a failure', async (t) => {
  const { turns, begun, take, end } = scene();
  const failing = take('a', 'a1');
  const next = take('a', 'a2');
  end('a1', new Error('no'));
  await t.rejects(failing, { message: 'no' });
  await eventually(() => begun.length === 2);
  end('a2');
  await next;
  const later = take('a', 'a3');
  t.strictSame(begun, ['a1', 'a2', 'a3'], 'work starts at once if no other work is queued');
  end('a3');
  await later;
  t.equal(turns.underWay, 0);
});

void t.test('refuses work beyond the limit without starting it', async (t) => {
  const { turns, begun, take, end } = scene(2);
  const both = [take('a', 'a1'), take('b', 'b1')];
  await t.rejects(take('c', 'c1'), { code: 'MUSTER_E_OVERLOADED' });
  t.equal(turns.underWay, 2);
  end('a1');
  await both[0];
  const next = take('c', 'c2');
  t.strictSame(begun, ['a1', 'b1', 'c2']);
  end('b1');
  end('c2');
  await Promise.all([...both, next]);
});
