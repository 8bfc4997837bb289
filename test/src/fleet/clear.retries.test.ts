import t from 'tap';
import { cleared } from './cleared.js';

void t.test('each is told once where the agent answers', async (t) => {
  const { clock, agent, saga } = await cleared(t, ['a', 'b', 'c']);
  await clock.advance(10_000);
  t.strictSame([...agent.told].sort(), ['a', 'b', 'c']);
  t.strictSame(saga.status(), { orphans: 0, stopped: 3, gaveUp: 0 });
});

void t.test('an agent without an answer is asked again after pauses that double up to a bound', async (t) => {
  const { clock, agent, saga } = await cleared(t, ['a'], { dead: true });
  const toldAt: number[] = [];
  const begun = clock.monotonic();
  for (let at = 0; at < 6_000; at += 100) {
    await clock.advance(at === 0 ? 0 : 100);
    while (toldAt.length < agent.told.length) toldAt.push(clock.monotonic() - begun);
  }
  const gaps = toldAt.slice(1).map((at, index) => at - toldAt[index]!);
  t.strictSame(gaps, [1_100, 1_200, 1_400, 1_400].slice(0, gaps.length), 'the time of a call, and the pause');
  t.strictSame(saga.status(), { orphans: 1, stopped: 0, gaveUp: 0 });
});

void t.test('an agent that is given up is asked no more, and all that it held is lost', async (t) => {
  const { clock, agent, saga, types } = await cleared(t, ['a', 'b'], { dead: true, attempts: 3 });
  await clock.advance(60_000);
  t.strictSame(agent.told, ['a', 'a', 'a'], 'what is next is not even asked about');
  t.strictSame(saga.status(), { orphans: 0, stopped: 0, gaveUp: 2 });
  t.equal((await types()).filter((type) => type === 'AllocationLost').length, 2);
});

void t.test('a stop ends the waiting, and nothing is asked after it', async (t) => {
  const { clock, agent, saga } = await cleared(t, ['a'], { dead: true });
  await clock.advance(1_050);
  const told = agent.told.length;
  const stopped = saga.stop(5_000);
  await clock.advance(0);
  await stopped;
  await clock.advance(60_000);
  t.equal(agent.told.length, told);
});
