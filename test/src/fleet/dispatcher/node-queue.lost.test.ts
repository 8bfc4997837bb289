import t, { type Test } from 'tap';
import { startDispatcher } from '#src/fleet/dispatcher/index.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import { startServer } from '../nodes/cluster.js';
import { SimulatedAgent } from './simulated-agent.js';

const REQUEST_TIMEOUT = 10_000;

/** A node that went down while an allocation ran on it. The allocation was then released as lost. */
async function cutOff(t: Test, call = { ours: false }) {
  const clock = new TestClock();
  const server = await startServer(t, { clock, store: createMemoryEventStore({ clock }) });
  const agent = new SimulatedAgent(clock, REQUEST_TIMEOUT);
  const dispatcher = startDispatcher({ ...server, channel: agent, requestTimeoutMs: REQUEST_TIMEOUT });
  t.teardown(() => void dispatcher.stop(0));
  await dispatcher.ready;
  const { pen } = server;
  await pen.job('j1');
  await pen.job('j2');
  await server.register({ endpoint: 'http://10.0.0.1:9' }, call);
  const beat = () => server.heartbeat({ allocations: agent.report() }, call);
  await pen.place('old');
  await clock.advance(1000);
  await beat();
  t.ok(agent.held.has('old'));
  await pen.write('node-n1', { type: 'NodeWentDown', data: { nodeId: 'n1', epoch: 1, reason: 'silent' } });
  await pen.release('old');
  return { clock, server, pen, agent, beat };
}

for (const ours of [false, true])
  void t.test(
    `sends the order for the successor of a lost allocation once that allocation has ended (${ours ? 'our agent' : 'third-party agent'})`,
    async (t) => {
      const { clock, pen, agent, beat } = await cutOff(t, { ours });
      agent.temper.lateStops = 3000;
      await pen.place('successor');
      await beat();
      await clock.advance(1);
      t.strictSame(
        [agent.told, agent.begun.has('successor')],
        [['old'], false],
        'the stop of the lost allocation is sent first',
      );
      await clock.advance(2998);
      t.notOk(agent.begun.has('successor'), 'the successor waits while the lost allocation is stopping');
      for (let second = 0; second < 60 && !agent.begun.has('successor'); second += 1) {
        await clock.advance(1000);
        await beat();
        if (ours && !agent.held.has('old')) await clock.advance(30_000);
      }
      t.ok(agent.begun.has('successor'));
      t.notOk(agent.held.has('old'));
      t.ok((await pen.types()).includes('AllocationStopped'));
    },
  );

void t.test('sends the order for an unrelated allocation at once', async (t) => {
  const { clock, pen, agent, beat } = await cutOff(t);
  agent.temper.lateStops = 3000;
  await pen.place('other', 'n1', 'j2');
  await beat();
  await clock.advance(1);
  t.ok(agent.begun.has('other') && agent.held.has('old'));
});

void t.test('never sends the order for a waiting successor that is no longer wanted', async (t) => {
  const { clock, pen, agent, beat } = await cutOff(t);
  agent.temper.lateStops = 3000;
  await pen.place('successor');
  await beat();
  await clock.advance(1);
  await pen.requestStop('successor');
  await clock.advance(60_000);
  t.notOk(agent.begun.has('successor'));
  t.notOk(agent.held.has('old'));
});
