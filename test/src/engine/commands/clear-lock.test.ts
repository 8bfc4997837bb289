import t from 'tap';
import { ClearLock } from '#src/engine/commands/clear-lock.js';
import { eventually } from '../../../fixtures/eventually.js';

function scene() {
  const gate = new ClearLock();
  const inside = new Set<string>();
  const ends = new Map<string, (error?: Error) => void>();
  const work = (name: string) => async (): Promise<string> => {
    inside.add(name);
    try {
      await new Promise<void>((resolve, reject) =>
        ends.set(name, (error) => (error === undefined ? resolve() : reject(error))),
      );
      return name;
    } finally {
      inside.delete(name);
    }
  };
  const names = (): string => [...inside].sort().join('');
  return {
    gate,
    names,
    shared: (name: string) => gate.shared(work(name)),
    alone: (name: string) => gate.alone(work(name)),
    end: (name: string, error?: Error) => ends.get(name)?.(error),
    /** Returns whether exactly these are inside after all pending microtasks. */
    stay: async (wanted: string): Promise<boolean> => {
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      return names() === wanted;
    },
  };
}

void t.test('runs any number of commands concurrently', async (t) => {
  const { shared, end, stay } = scene();
  const all = ['a', 'b', 'c'].map((name) => shared(name));
  t.ok(await stay('abc'));
  for (const name of ['c', 'a', 'b']) end(name);
  t.strictSame(await Promise.all(all), ['a', 'b', 'c']);
});

void t.test('a clear waits for all commands in progress, and delays later ones', async (t) => {
  const { shared, alone, end, stay, names } = scene();
  const before = [shared('a'), shared('b')];
  const clear = alone('X');
  const after = shared('c');
  t.ok(await stay('ab'));
  end('a');
  t.ok(await stay('b'));
  end('b');
  await eventually(() => names() === 'X');
  t.ok(await stay('X'));
  end('X');
  await eventually(() => names() === 'c');
  end('c');
  await Promise.all([...before, clear, after]);
});

void t.test('runs clears one after the other, even if one fails', async (t) => {
  const { alone, shared, end, stay, names } = scene();
  const first = alone('X');
  const second = alone('Y');
  t.ok(await stay('X'));
  end('X', new Error('no'));
  await t.rejects(first, { message: 'no' });
  await eventually(() => names() === 'Y');
  const after = shared('a');
  t.ok(await stay('Y'));
  end('Y');
  await second;
  await eventually(() => names() === 'a');
  end('a', new Error('not this one'));
  await t.rejects(after);
  const last = alone('Z');
  t.ok(await stay('Z'), 'failed work has released the lock');
  end('Z');
  await last;
});
