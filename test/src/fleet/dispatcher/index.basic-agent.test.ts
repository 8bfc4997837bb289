import t from 'tap';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { REQUEST_TIMEOUT, startScene } from './scene.js';

const has = (pen: { types(): Promise<string[]> }, type: string) =>
  eventually(async () => (await pen.types()).includes(type), { what: type });

/** A promise, and the function that resolves it. */
function gate(): { readonly closed: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (open = resolve));
  return { closed, open };
}

void t.test("sends an order once, and records its acknowledgement and the agent's reports", async (t) => {
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

void t.test('deletes a released allocation that the agent still reports', async (t) => {
  const { agent, pen } = await startScene(t);
  await pen.place('a1');
  await eventually(() => agent.running().includes('a1'));
  agent.finish('a1');
  await has(pen, 'AllocationCompleted');
  await pen.release('a1', 'complete');
  await eventually(() => agent.held.size === 0);
  t.equal((await pen.types()).at(-1), 'AllocationCompleted');
});

void t.test('polls an agent that lists no allocations', async (t) => {
  const { agent, pen } = await startScene(t, { listsAllocations: false });
  await pen.place('a1');
  await has(pen, 'AllocationStarted');
  agent.finish('a1', 3);
  await has(pen, 'AllocationFailed');
  t.match(await pen.newest('TaskExited'), { task: 'main', status: 'failed', exitCode: 3 });
  t.equal(agent.begun.get('a1'), 1);
});

void t.test('sends an order once to an agent that responds late', async (t) => {
  const { agent, pen } = await startScene(t, { answerDelay: 10 * REQUEST_TIMEOUT });
  await pen.place('a1');
  await has(pen, 'AllocationAccepted');
  t.equal(agent.count('POST', 'a1'), 0, 'the order is settled before the agent has responded to it');
  agent.finish('a1');
  await has(pen, 'AllocationCompleted');
  t.equal(agent.begun.get('a1'), 1);
});

void t.test(
  'sends an order once to an agent that executes it late and reports nothing in the meantime',
  async (t) => {
    const late = gate();
    const { agent, pen } = await startScene(t, { postGate: late.closed }, 0);
    await pen.place('a1');
    await eventually(() => agent.calls.some((call) => call.method === 'GET' && call.status === 404), {
      what: 'a poll that the agent responded to with 404',
    });
    late.open();
    await has(pen, 'AllocationStarted');
    t.equal(agent.begun.get('a1'), 1);
  },
);

void t.test('polls the agent for the outcome of an order after the connection breaks', async (t) => {
  const { agent, pen } = await startScene(t, { cutsPosts: true });
  await pen.place('a1');
  await has(pen, 'AllocationStarted');
  t.equal(agent.begun.get('a1'), 1);
});

void t.test('resends a lost order after the request timeout and a heartbeat', async (t) => {
  const { agent, pen } = await startScene(t, { silent: true });
  const from = performance.now();
  await pen.place('a1');
  await eventually(() => agent.count('POST', 'a1') === 1);
  agent.manners.silent = false;
  await has(pen, 'AllocationAccepted');
  t.ok(performance.now() - from > REQUEST_TIMEOUT / 2, 'the order is not resent at once');
  t.equal(agent.begun.get('a1'), 1);
  t.equal(agent.count('POST', 'a1'), 2);
});

void t.test("fails an allocation with the agent's message after a refusal", async (t) => {
  const { agent, pen } = await startScene(t, { refusal: '内存不足' });
  await pen.place('a1');
  await has(pen, 'AllocationFailed');
  t.match(await pen.newest('AllocationFailed'), { message: '内存不足', startTime: null });
  t.equal(agent.count('POST', 'a1'), 1);
});

void t.test('records a stop once the agent confirms it', async (t) => {
  const { agent, pen } = await startScene(t);
  await pen.place('a1');
  await has(pen, 'AllocationStarted');
  await pen.requestStop('a1');
  await has(pen, 'AllocationStopped');
  t.equal(agent.held.size, 0);
});

void t.test('records the stop of an allocation that the agent has forgotten', async (t) => {
  const { agent, pen } = await startScene(t, { listsAllocations: false });
  await pen.place('a1');
  await has(pen, 'AllocationAccepted');
  agent.loseAll();
  await pen.requestStop('a1');
  await has(pen, 'AllocationStopped');
});

void t.test('delays a stop after an order that may still arrive', async (t) => {
  const late = gate();
  const { agent, pen, dispatcher } = await startScene(t, { postGate: late.closed }, 0);
  await pen.place('a1');
  await eventually(() => dispatcher.metrics().orders === 1);
  await pen.requestStop('a1');
  await eventually(() => agent.calls.some((call) => call.method === 'DELETE' && call.status === 404));
  t.notOk((await pen.types()).includes('AllocationStopped'));
  late.open();
  await has(pen, 'AllocationStopped');
  t.equal(agent.begun.get('a1'), 1);
  t.equal(agent.held.size, 0, 'no allocation is left running');
});

void t.test('marks an acknowledged allocation as lost if it is missing from two heartbeats', async (t) => {
  const { agent, pen } = await startScene(t);
  await pen.place('a1');
  await has(pen, 'AllocationStarted');
  agent.loseAll();
  await has(pen, 'AllocationLost');
  t.equal(agent.count('POST', 'a1'), 1);
});

void t.test('marks an allocation as lost if an agent without lists has forgotten it', async (t) => {
  const { agent, pen } = await startScene(t, { listsAllocations: false, forgetsEnded: true });
  await pen.place('a1');
  await has(pen, 'AllocationStarted');
  agent.finish('a1');
  await has(pen, 'AllocationLost');
});

void t.test('deletes a reported allocation that should not exist', async (t) => {
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

void t.test('stops an allocation that was lost with its node when the node returns', async (t) => {
  for (const listsAllocations of [true, false]) {
    const { agent, pen, server } = await startScene(t, { listsAllocations });
    await pen.place('a1');
    await has(pen, 'AllocationStarted');
    // A heartbeat in transit would bring the node back.
    await agent.silence();
    await pen.write('node-n1', { type: 'NodeWentDown', data: { nodeId: 'n1', epoch: 1, reason: 'silent' } });
    await pen.release('a1');
    await server.settled();
    t.equal(agent.count('DELETE', 'a1'), 0);
    agent.manners.silent = false;
    await eventually(() => agent.held.size === 0);
    await has(pen, 'AllocationStopped');
  }
});

void t.test('does not send an order that was already cancelled', async (t) => {
  const { agent, pen, dispatcher } = await startScene(t);
  await pen.place('a1');
  await pen.requestStop('a1');
  await has(pen, 'AllocationStopped');
  t.equal(agent.begun.get('a1') ?? 0, dispatcher.metrics().orders);
  t.equal(agent.held.size, 0);
});

void t.test('delivers a placement to its agent within milliseconds', async (t) => {
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
  t.ok((times[10] ?? 0) < 250 * PATIENCE, 'the median stays below the limit, even on a busy machine');
});
