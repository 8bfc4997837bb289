import t from 'tap';
import pLimit from 'p-limit';
import { PriorityQueue, type Urgency } from '#src/fleet/dispatcher/priority-queue.js';
import { eventually } from '../../../fixtures/eventually.js';

const pool = () => ({ answering: pLimit(100), suspects: pLimit(100) });

/** A queue whose entries are handled until the test ends them. The first letter of an id stands for its urgency. */
function scene() {
  const urgencies = new Map<string, Urgency>();
  const taken: string[] = [];
  const ends = new Map<string, (more: boolean) => void>();
  const pools = { running: pool(), ending: pool() };
  const turns = new PriorityQueue(pools, {
    urgencyOf: (id) => urgencies.get(id) ?? 'order',
    handle: async (id, way) => {
      taken.push(id);
      let more = false;
      await way.call(async () => {
        more = await new Promise<boolean>((resolve) => ends.set(id, resolve));
        return true;
      });
      return more;
    },
  });
  const add = (id: string, urgency: Urgency): void => {
    urgencies.set(id, urgency);
    turns.add(id);
  };
  const end = async (id: string, more = false): Promise<void> => {
    await eventually(() => ends.has(id), { what: `the start of ${id}` });
    const resolve = ends.get(id);
    ends.delete(id);
    resolve?.(more);
  };
  return { turns, pools, taken, ends, add, end };
}

void t.test('handles orders before polls and stops before orphans, in separate pools', async (t) => {
  const { turns, taken, add, end } = scene();
  add('q1', 'question');
  add('s1', 'orphan');
  await eventually(() => taken.length === 2);
  t.strictSame([...taken].sort(), ['q1', 's1'], 'an orphan and a question are handled at the same time');
  for (const [id, urgency] of [
    ['q2', 'question'],
    ['o1', 'order'],
    ['s2', 'orphan'],
    ['x1', 'stop'],
  ] as const)
    add(id, urgency);
  for (const id of ['q1', 'o1', 'q2', 's1', 'x1', 's2']) await end(id);
  await turns.onIdle();
  t.ok(taken.indexOf('o1') < taken.indexOf('q2'));
  t.ok(taken.indexOf('x1') < taken.indexOf('s2'));
  t.ok(turns.idle);
});

void t.test(
  'never handles an allocation twice at the same time, and handles it again after a change',
  async (t) => {
    const { turns, taken, add, end } = scene();
    add('a', 'order');
    add('a', 'order');
    await eventually(() => taken.length === 1);
    add('a', 'order');
    add('a', 'stop');
    t.notOk(turns.idle);
    await end('a');
    await end('a');
    await turns.onIdle();
    t.strictSame(taken, ['a', 'a']);
    t.ok(turns.idle);
  },
);

void t.test('handles an allocation again if its handler reports that there may be more to do', async (t) => {
  const { turns, taken, add, end } = scene();
  add('a', 'order');
  await end('a', true);
  await end('a', false);
  await turns.onIdle();
  t.strictSame(taken, ['a', 'a']);
});

void t.test('handles a changed entry once, with its new urgency', async (t) => {
  const { turns, pools, taken, add, end } = scene();
  add('first', 'order');
  await eventually(() => taken.length === 1);
  add('a', 'order');
  add('a', 'stop');
  await eventually(() => taken.includes('a'));
  t.equal(pools.ending.answering.activeCount, 1);
  await end('first');
  await end('a');
  await turns.onIdle();
  t.strictSame(taken, ['first', 'a']);
});

void t.test('drops cleared entries, and does not repeat entries in progress', async (t) => {
  const { turns, taken, add, end } = scene();
  add('o1', 'order');
  add('x1', 'stop');
  await eventually(() => taken.length === 2);
  add('o2', 'order');
  add('x2', 'stop');
  add('o1', 'order');
  turns.clear();
  await end('o1');
  await end('x1');
  await turns.onIdle();
  t.strictSame([...taken].sort(), ['o1', 'x1']);
  t.ok(turns.idle);
});

void t.test('suspects an agent after a missing response until it is trusted again', async (t) => {
  for (const urgency of ['order', 'stop'] as const) {
    const turns = new PriorityQueue(
      { running: pool(), ending: pool() },
      {
        urgencyOf: () => urgency,
        handle: async (_id, way) => {
          await way.call(async () => false);
          return false;
        },
      },
    );
    t.notOk(turns.suspect);
    turns.add('a');
    await turns.onIdle();
    t.ok(turns.suspect, urgency);
    turns.trust();
    t.notOk(turns.suspect, urgency);
  }
});
