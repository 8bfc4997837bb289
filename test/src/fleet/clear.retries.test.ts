import t from 'tap';
import { cleared } from './cleared.js';

void t.test('stops each allocation once if the agent responds', async (t) => {
  const { clock, agent, saga } = await cleared(t, ['a', 'b', 'c']);
  await clock.advance(10_000);
  t.strictSame([...agent.told].sort(), ['a', 'b', 'c']);
  t.strictSame(saga.status(), { orphans: 0, stopped: 3, gaveUp: 0 });
});

void t.test('retries an agent that does not respond, with doubling delays up to a maximum', async (t) => {
  const { clock, agent, saga } = await cleared(t, ['a'], { dead: true });
  const toldAt: number[] = [];
  const begun = clock.monotonic();
  for (let at = 0; at < 6_000; at += 100) {
    await clock.advance(at === 0 ? 0 : 100);
    while (toldAt.length < agent.told.length) toldAt.push(clock.monotonic() - begun);
  }
  const gaps = toldAt.slice(1).map((at, index) => at - toldAt[index]!);
  t.strictSame(gaps, [1_100, 1_200, 1_400, 1_400], 'each gap is the duration of a call plus the delay');
  t.strictSame(saga.status(), { orphans: 1, stopped: 0, gaveUp: 0 });
});

void t.test(
  'gives up on an agent after the last attempt, and marks all of its allocations as lost',
  async (t) => {
    const { clock, agent, saga, types } = await cleared(t, ['a', 'b'], { dead: true, attempts: 3 });
    await clock.advance(60_000);
    t.strictSame(agent.told, ['a', 'a', 'a'], 'no call is made for the second allocation');
    t.strictSame(saga.status(), { orphans: 0, stopped: 0, gaveUp: 2 });
    t.equal((await types()).filter((type) => type === 'AllocationLost').length, 2);
  },
);

void t.test('makes no more calls after a stop that interrupts its wait', async (t) => {
  const { clock, agent, saga } = await cleared(t, ['a'], { dead: true });
  await clock.advance(1_050);
  const told = agent.told.length;
  const stopped = saga.stop(5_000);
  await clock.advance(0);
  await stopped;
  await clock.advance(60_000);
  t.equal(agent.told.length, told);
});
