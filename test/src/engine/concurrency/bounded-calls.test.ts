import t from 'tap';
import { BoundedCalls } from '#src/engine/concurrency/bounded-calls.js';

/** A call that ends on demand. */
function held(
  log: string[],
  name: string,
): { readonly call: () => Promise<string>; readonly end: () => void } {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const call = async (): Promise<string> => {
    log.push(name);
    await ended;
    return name;
  };
  return { call, end: () => end() };
}

const bounded = (atOnce: number, waiting: number): BoundedCalls =>
  new BoundedCalls({ atOnce, waiting }, (queued) => new Error(`${queued} wait`));

void t.test(
  'runs a limited number of calls at once, queues more in order, and refuses the rest',
  async (t) => {
    const calls = bounded(2, 2);
    const log: string[] = [];
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => held(log, name));
    const first = calls.run(a!.call);
    const second = calls.run(b!.call);
    const third = calls.run(c!.call);
    const fourth = calls.run(d!.call);
    await t.rejects(
      calls.run(async () => 'e'),
      { message: '2 wait' },
    );
    t.same(log, ['a', 'b']);
    b!.end();
    t.equal(await second, 'b');
    await Promise.resolve();
    t.same(log, ['a', 'b', 'c']);
    const fifth = calls.run(async () => 'f');
    for (const each of [a!, c!, d!]) each.end();
    t.same(await Promise.all([first, third, fourth, fifth]), ['a', 'c', 'd', 'f']);
  },
);

void t.test('frees the place of a call that rejects, and passes on its error', async (t) => {
  const calls = bounded(1, 1);
  await t.rejects(
    calls.run(async () => Promise.reject(new Error('of the call'))),
    { message: 'of the call' },
  );
  t.equal(await calls.run(async () => 'next'), 'next');
});

void t.test('rejects waiting calls, while running ones continue', async (t) => {
  const calls = bounded(1, 5);
  const log: string[] = [];
  const a = held(log, 'a');
  const running = calls.run(a.call);
  const waiting = [1, 2].map((n) => calls.run(async () => log.push(`waited ${n}`)));
  const refused = Promise.all(waiting.map((each) => t.rejects(each, { message: 'closed' })));
  calls.letGo(new Error('closed'));
  await refused;
  a.end();
  t.equal(await running, 'a');
  t.same(log, ['a']);
  t.equal(await calls.run(async () => 'later'), 'later');
});
