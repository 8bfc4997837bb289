import t from 'tap';
import { eventually } from '../../../fixtures/eventually.js';
import { REQUEST_TIMEOUT, startScene } from './scene.js';

const has = (pen: { types(): Promise<string[]> }, type: string) =>
  eventually(async () => (await pen.types()).includes(type), { what: type });

void t.test('an order is sent, acknowledged, reported and never sent again', async (t) => {
  const { agent, pen } = await startScene(t);
  await pen.place('a1');
  await has(pen, 'AllocationStarted');
  agent.finish('a1');
  await has(pen, 'AllocationCompleted');
  t.strictSame(await pen.types(), [
    'NodeRegistered',
    'AllocationAccepted',
    'AllocationStarted',
    'TaskExited',
    'AllocationCompleted',
  ]);
  t.equal(agent.count('POST', 'a1'), 1);
});

void t.test('what is released and still reported is removed from the agent', async (t) => {
  const { agent, pen } = await startScene(t);
  await pen.place('a1');
  await eventually(() => agent.running().includes('a1'));
  agent.finish('a1');
  await has(pen, 'AllocationCompleted');
  await pen.release('a1', 'complete');
  await eventually(() => agent.held.size === 0);
  t.equal((await pen.types()).at(-1), 'AllocationCompleted');
});

void t.test('an agent that lists nothing is asked', async (t) => {
  const { agent, pen } = await startScene(t, { listsAllocations: false });
  await pen.place('a1');
  await has(pen, 'AllocationStarted');
  agent.finish('a1', 3);
  await has(pen, 'AllocationFailed');
  t.match(await pen.newest('TaskExited'), { task: 'main', status: 'failed', exitCode: 3 });
  t.equal(agent.begun.get('a1'), 1);
});

void t.test('an agent that answers an order late gets it once', async (t) => {
  const { agent, pen } = await startScene(t, { answerDelay: 10 * REQUEST_TIMEOUT });
  await pen.place('a1');
  await has(pen, 'AllocationAccepted');
  t.equal(agent.count('POST', 'a1'), 0, 'the order is not answered yet, and already settled');
  agent.finish('a1');
  await has(pen, 'AllocationCompleted');
  t.equal(agent.begun.get('a1'), 1);
});

void t.test(
  'an agent that acts upon an order late gets it once, though it says meanwhile that it has nothing',
  async (t) => {
    const { agent, pen } = await startScene(t, { postDelay: REQUEST_TIMEOUT + 50 }, 0);
    await pen.place('a1');
    await has(pen, 'AllocationStarted');
    t.equal(agent.begun.get('a1'), 1);
    t.ok(
      agent.calls.some((call) => call.method === 'GET' && call.status === 404),
      'it was asked and said no',
    );
  },
);

void t.test('a cut connection is settled by asking', async (t) => {
  const { agent, pen } = await startScene(t, { cutsPosts: true });
  await pen.place('a1');
  await has(pen, 'AllocationStarted');
  t.equal(agent.begun.get('a1'), 1);
});

void t.test('an order that got lost is sent again, after the request timeout and a heartbeat', async (t) => {
  const { agent, pen } = await startScene(t, { silent: true });
  await pen.place('a1');
  await eventually(() => agent.count('POST', 'a1') === 1);
  const from = performance.now();
  agent.manners.silent = false;
  await has(pen, 'AllocationAccepted');
  t.ok(performance.now() - from > REQUEST_TIMEOUT / 2, 'not before');
  t.equal(agent.begun.get('a1'), 1);
  t.equal(agent.count('POST', 'a1'), 2);
});

void t.test("a refusal is a failed allocation with the agent's message", async (t) => {
  const { agent, pen } = await startScene(t, { refusal: '内存不足' });
  await pen.place('a1');
  await has(pen, 'AllocationFailed');
  t.match(await pen.newest('AllocationFailed'), { message: '内存不足', startTime: null });
  t.equal(agent.count('POST', 'a1'), 1);
});

void t.test('a stop is confirmed when the agent says so', async (t) => {
  const { agent, pen } = await startScene(t);
  await pen.place('a1');
  await has(pen, 'AllocationStarted');
  await pen.requestStop('a1');
  await has(pen, 'AllocationStopped');
  t.equal(agent.held.size, 0);
});

void t.test('a stop of what the agent forgot is confirmed', async (t) => {
  const { agent, pen } = await startScene(t, { listsAllocations: false });
  await pen.place('a1');
  await has(pen, 'AllocationAccepted');
  agent.loseAll();
  await pen.requestStop('a1');
  await has(pen, 'AllocationStopped');
});

void t.test('a stop behind an order that may yet arrive waits for it', async (t) => {
  const { agent, pen, dispatcher } = await startScene(t, { postDelay: REQUEST_TIMEOUT + 100 }, 0);
  await pen.place('a1');
  await eventually(() => dispatcher.metrics().orders === 1);
  await pen.requestStop('a1');
  await eventually(() => agent.calls.some((call) => call.method === 'DELETE' && call.status === 404));
  t.notOk((await pen.types()).includes('AllocationStopped'));
  await has(pen, 'AllocationStopped');
  t.equal(agent.begun.get('a1'), 1);
  t.equal(agent.held.size, 0, 'nothing runs that nobody knows of');
});

void t.test('what was acknowledged and is missing from two heartbeats is lost', async (t) => {
  const { agent, pen } = await startScene(t);
  await pen.place('a1');
  await has(pen, 'AllocationStarted');
  agent.loseAll();
  await has(pen, 'AllocationLost');
  t.equal(agent.count('POST', 'a1'), 1);
});

void t.test('what an agent forgets that lists nothing is lost too', async (t) => {
  const { agent, pen } = await startScene(t, { listsAllocations: false, forgetsEnded: true });
  await pen.place('a1');
  await has(pen, 'AllocationStarted');
  agent.finish('a1');
  await has(pen, 'AllocationLost');
});

void t.test('what is reported and should not be there is deleted', async (t) => {
  const { agent } = await startScene(t);
  agent.held.set('zz', {
    order: { allocation_id: 'zz', job_id: 'x', task_group: { name: 'g', tasks: [] } },
    status: 'running',
    start_time: 1,
    end_time: null,
    exit_code: null,
    message: null,
  });
  await eventually(() => agent.count('DELETE', 'zz') > 0 && agent.held.size === 0);
  t.pass();
});

void t.test('what was lost with its node is stopped when the node is heard again', async (t) => {
  for (const listsAllocations of [true, false]) {
    const { agent, pen, server } = await startScene(t, { listsAllocations });
    await pen.place('a1');
    await has(pen, 'AllocationStarted');
    agent.manners.silent = true;
    await pen.write('node-n1', { type: 'NodeWentDown', data: { nodeId: 'n1', epoch: 1, reason: 'silent' } });
    await pen.release('a1');
    await server.settled();
    t.equal(agent.count('DELETE', 'a1'), 0);
    agent.manners.silent = false;
    await eventually(() => agent.held.size === 0);
    await has(pen, 'AllocationStopped');
  }
});

void t.test('an order that is called off before it was sent is not sent', async (t) => {
  const { agent, pen, dispatcher } = await startScene(t);
  await pen.place('a1');
  await pen.requestStop('a1');
  await has(pen, 'AllocationStopped');
  t.equal(agent.begun.get('a1') ?? 0, dispatcher.metrics().orders);
  t.equal(agent.held.size, 0);
});

void t.test('a placement reaches its agent within milliseconds', async (t) => {
  const { agent, pen } = await startScene(t);
  await pen.place('warm');
  await eventually(() => agent.begun.has('warm'), { interval: 1 });
  const times: number[] = [];
  for (let index = 0; index < 20; index += 1) {
    const from = performance.now();
    await pen.place(`a${index}`);
    await eventually(() => agent.begun.has(`a${index}`), { interval: 1 });
    times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  t.comment(`median ${times[10]?.toFixed(1)} ms, worst ${times.at(-1)?.toFixed(1)} ms`);
  t.ok((times[10] ?? 0) < 250, 'even where others load the machine');
});
