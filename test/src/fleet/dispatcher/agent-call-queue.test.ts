import t from 'tap';
import pLimit from 'p-limit';
import { AgentCallQueue } from '#src/fleet/dispatcher/agent-call-queue.js';
import { eventually } from '../../../fixtures/eventually.js';

/** Work that runs until the test ends it, and the names of the work that has begun. */
function scene() {
  const pools = { answering: pLimit(100), suspects: pLimit(100) };
  const way = new AgentCallQueue(pools);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const add = (name: string, priority = 0, answers: boolean | 'it was not asked' = true): void =>
    way.add(priority, () =>
      way.call(async () => {
        begun.push(name);
        await new Promise<void>((resolve) => ends.set(name, resolve));
        return typeof answers === 'boolean' ? answers : undefined;
      }),
    );
  const end = async (...names: string[]): Promise<void> => {
    for (const name of names) {
      await eventually(() => ends.has(name));
      ends.get(name)?.();
      ends.delete(name);
    }
    await eventually(() => names.every((name) => begun.includes(name)));
  };
  const under = async (count: number): Promise<number> => {
    await eventually(() => ends.size === count);
    return ends.size;
  };
  return { way, pools, begun, add, end, under };
}

void t.test(
  'allows one concurrent call at first, and doubles the limit after each response, up to four',
  async (t) => {
    const { way, begun, add, end, under } = scene();
    for (let index = 0; index < 12; index += 1) add(`${index}`);
    t.equal(await under(1), 1);
    await end('0');
    t.equal(await under(2), 2);
    await end('1');
    t.equal(await under(4), 4);
    await end('2');
    t.equal(await under(4), 4);
    t.strictSame(
      begun,
      ['0', '1', '2', '3', '4', '5', '6'],
      'calls start in the order in which they were added',
    );
    for (let index = 3; index < 12; index += 1) await end(`${index}`);
    await way.onIdle();
    t.equal(begun.length, 12);
  },
);

void t.test('returns to one concurrent call after a missing response', async (t) => {
  const { way, pools, add, end, under } = scene();
  add('a');
  await end('a');
  add('b', 0, false);
  await end('b');
  await way.onIdle();
  t.ok(way.suspect);
  for (const name of ['c', 'd', 'e']) add(name);
  t.equal(await under(1), 1);
  t.strictSame(
    [pools.answering.activeCount, pools.suspects.activeCount],
    [0, 1],
    'a suspect agent uses the pool for suspects and delays no other agent',
  );
  await end('c');
  t.equal(await under(2), 2);
  t.notOk(way.suspect);
  await end('d', 'e');
  await way.onIdle();
});

void t.test('keeps suspecting an agent after an entry that made no call', async (t) => {
  const { way, add, end, under } = scene();
  add('a', 0, false);
  await end('a');
  add('b', 0, 'it was not asked');
  await end('b');
  await way.onIdle();
  t.ok(way.suspect);
  add('c');
  add('d');
  t.equal(await under(1), 1);
  await end('c', 'd');
});

void t.test('uses the normal pool again once the agent is trusted', async (t) => {
  const { way, pools, add, end, under } = scene();
  add('a', 0, false);
  await end('a');
  await way.onIdle();
  way.trust();
  t.notOk(way.suspect);
  add('b');
  await under(1);
  t.equal(pools.answering.activeCount, 1);
  await end('b');
});

void t.test('starts the most urgent work first, and drops waiting work when cleared', async (t) => {
  const { way, begun, add, end, under } = scene();
  add('first');
  await under(1);
  add('low', 0);
  add('high', 3);
  add('middle', 1);
  await end('first');
  await under(2);
  t.strictSame(begun, ['first', 'high', 'middle']);
  way.clear();
  await end('high', 'middle');
  await way.onIdle();
  t.strictSame(begun, ['first', 'high', 'middle']);
});
