import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { startBasicAgent, type BasicAgent, type Manners } from '../fixtures/basic-agent.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { job } from '../fixtures/jobs.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(900_000);
// The tests run in parallel, each with its own agent, on one server.
t.jobs = 5;

const server = await startServer(t, {
  dataDir: join(ownFolder(t), 'server'),
  env: { MUSTER_AGENT_REQUEST_TIMEOUT_SECONDS: '1' },
});

async function agentOf(
  t: Test,
  nodeId: string,
  manners: Partial<Manners> = {},
  interval = 200,
): Promise<BasicAgent> {
  return await startBasicAgent(t, { serverUrl: server.url, nodeId, manners, interval });
}

/** Returns a job that only the agent's node may run. */
function jobAt({ options: { nodeId } }: BasicAgent, id: string): Record<string, unknown> {
  return job(id, { constraints: [{ attribute: 'node_id', operator: '=', value: nodeId }] });
}

async function allocationOf(id: string): Promise<string> {
  return (await server.api.job(id)).allocations[0]?.allocation_id ?? '';
}

void t.test(
  'an agent that implements only the contract runs jobs to their end and receives stop requests',
  async (t) => {
    const agent = await agentOf(t, 'plain');
    for (const id of ['completes', 'fails', 'stops']) await server.api.submit(jobAt(agent, id));
    for (const id of ['completes', 'fails', 'stops']) await server.api.jobIs(id, 'running');
    agent.finish(await allocationOf('completes'));
    agent.finish(await allocationOf('fails'), 3);
    await server.api.jobIs('completes', 'complete');
    const failed = await server.api.jobIs('fails', 'failed');
    t.match(failed.allocations[0], {
      status: 'failed',
      tasks: { main: { status: 'failed', exit_code: 3, message: 'exited with 3' } },
    });
    const stops = await allocationOf('stops');
    t.equal((await server.api.delete('/jobs/stops')).status, 200);
    await eventually(() => agent.count('DELETE', stops) >= 1, { what: 'the DELETE of a stopped allocation' });
    await server.api.jobIs('stops', 'dead');
    await eventually(async () => (await server.api.job('stops')).allocations[0]?.status === 'stopped', {
      what: 'a stopped allocation',
    });
    t.same([...agent.begun.values()], [1, 1, 1]);
  },
);

void t.test(
  'if the response to a POST is late, the server asks for the outcome with GET and does not repeat the POST',
  async (t) => {
    const agent = await agentOf(t, 'late', { answerDelay: 3_000 });
    await server.api.submit(jobAt(agent, 'late'));
    await server.api.jobIs('late', 'running');
    const id = await allocationOf('late');
    await pause(4_000);
    t.equal(agent.begun.get(id), 1, 'the allocation was started once');
    t.equal(agent.count('POST', id), 1, 'the order was sent once');
    agent.finish(id);
    await server.api.jobIs('late', 'complete');
  },
);

void t.test(
  'an order whose connection breaks before the response arrives is not started twice',
  async (t) => {
    const agent = await agentOf(t, 'cuts', { cutsPosts: true });
    await server.api.submit(jobAt(agent, 'cut'));
    await server.api.jobIs('cut', 'running');
    const id = await allocationOf('cut');
    t.equal(agent.begun.get(id), 1);
    t.ok(
      agent.count('GET', id) >= 1 || agent.count('POST', id) === 1,
      'the outcome is settled by GET or by the heartbeat',
    );
  },
);

void t.test(
  "an order that the agent executes long after the server's timeout runs exactly once",
  async (t) => {
    const agent = await agentOf(t, 'slow', { postDelay: 3_000 }, 0);
    await server.api.submit(jobAt(agent, 'slow'));
    await eventually(() => agent.begun.size === 1, { timeout: 20_000, what: 'the late order' });
    for (let beats = 0; beats < 5; beats += 1) {
      await agent.heartbeat();
      await pause(300);
    }
    await server.api.jobIs('slow', 'running', 20_000);
    t.same([...agent.begun.values()], [1], 'the allocation was started once');
    t.equal(agent.running().length, 1, 'one allocation is running');
  },
);

void t.test('after a heartbeat that lists no allocations the server queries each with GET', async (t) => {
  const agent = await agentOf(t, 'quiet', { listsAllocations: false });
  await server.api.submit(jobAt(agent, 'quiet'));
  await server.api.jobIs('quiet', 'running');
  const id = await allocationOf('quiet');
  await pause(1_500);
  t.equal((await server.api.job('quiet')).status, 'running', 'seven heartbeats without a list lose nothing');
  agent.finish(id, 5);
  const failed = await server.api.jobIs('quiet', 'failed', 30_000);
  t.match(failed.allocations[0], { tasks: { main: { exit_code: 5 } } });
  t.ok(agent.count('GET', id) >= 1);
});

void t.test(
  'an allocation that the agent reported as ended and then forgot keeps its reported outcome',
  async (t) => {
    const agent = await agentOf(t, 'ends');
    await server.api.submit(jobAt(agent, 'ends'));
    await server.api.jobIs('ends', 'running');
    agent.finish(await allocationOf('ends'));
    await server.api.jobIs('ends', 'complete');
    agent.loseAll();
    await pause(1_500);
    t.equal((await server.api.job('ends')).status, 'complete', 'terminal statuses are final');
    t.equal((await server.api.job('ends')).allocations.length, 1);
  },
);

void t.test(
  'an allocation that the agent forgets before reporting its end is lost, and is placed again',
  async (t) => {
    const agent = await agentOf(t, 'forgets', { forgetsEnded: true });
    await server.api.submit(jobAt(agent, 'forgotten'));
    await server.api.jobIs('forgotten', 'running');
    const first = await allocationOf('forgotten');
    agent.finish(first);
    const again = await eventually(
      async () => {
        const now = await server.api.job('forgotten');
        return now.allocations.find((each) => each.allocation_id !== first && each.status === 'running');
      },
      { timeout: 30_000, what: 'a replacement' },
    );
    t.equal(again.node_id, agent.options.nodeId);
    t.equal(
      (await server.api.job('forgotten')).allocations.find((each) => each.allocation_id === first)?.status,
      'lost',
    );
  },
);

void t.test('an order that the agent refuses fails the allocation with the agent’s message', async (t) => {
  const agent = await agentOf(t, 'refuses', { refusal: 'no such image here' });
  await server.api.submit(jobAt(agent, 'refused'));
  const failed = await server.api.jobIs('refused', 'failed');
  t.match(JSON.stringify(failed.allocations[0]), /no such image here/);
  t.equal(
    agent.calls.filter((call) => call.method === 'POST').length,
    1,
    'a refused order is not sent again',
  );
});

void t.test(
  'an orphan that the agent reports is deleted, and an unknown status changes nothing',
  async (t) => {
    const agent = await agentOf(t, 'strays');
    await server.api.submit(jobAt(agent, 'wanted'));
    await server.api.jobIs('wanted', 'running');
    const stray = '6f1b2a52-0000-4000-8000-00000000dead';
    agent.held.set(stray, {
      order: {
        allocation_id: stray,
        job_id: 'nobody',
        task_group: { name: 'main', tasks: [{ name: 'main', config: {} }] },
      },
      status: 'running',
      start_time: 1,
      end_time: null,
      exit_code: null,
      message: null,
    });
    await eventually(() => agent.count('DELETE', stray) >= 1, {
      timeout: 20_000,
      what: 'the DELETE of the orphan',
    });
    const held = agent.held.get(await allocationOf('wanted'));
    if (held === undefined) throw new Error('the wanted allocation is gone');
    held.status = 'thinking about it' as never;
    for (let beats = 0; beats < 3; beats += 1) t.equal((await agent.heartbeat()).status, 200);
    t.equal((await server.api.job('wanted')).status, 'running');
    held.status = 'running';
  },
);

void t.test(
  'an unknown status changes nothing, and the job, the node and the log report it once',
  async (t) => {
    const agent = await agentOf(t, 'odd', { statusWord: 'completed' });
    for (const id of ['odd-1', 'odd-2']) await server.api.submit(jobAt(agent, id));
    await eventually(() => agent.held.size === 2, { what: 'both orders' });
    for (let beats = 0; beats < 3; beats += 1) t.equal((await agent.heartbeat()).status, 200);
    const said =
      /its agent reported the unknown status "completed"; known statuses: pending, running, complete, failed, stopped, lost/;
    for (const id of ['odd-1', 'odd-2']) {
      const shown = await eventually(
        async () => (await server.api.job(id)).allocations.find((each) => each.message !== undefined),
        { what: 'an allocation with a message' },
      );
      t.match(shown, { status: 'pending', message: said });
      const page = await muster(['job', 'status', id], { MUSTER_SERVER_URL: server.url });
      t.match(
        page.stdout,
        /Unclear:\n +allocation .* on node odd: its agent reported the unknown status "completed"/,
      );
    }
    t.match(await server.api.node('odd'), {
      unknown_statuses: {
        reported: ['completed'],
        known: ['pending', 'running', 'complete', 'failed', 'stopped', 'lost'],
      },
    });
    const lines = () =>
      server.program.stdout.filter((line) => line.includes('"code":"nodes.unknown_status","nodeId":"odd"'));
    const logged = await eventually(() => (lines().length > 0 ? lines() : undefined), {
      what: 'a log line about the unknown status',
    });
    t.equal(logged.length, 1, 'there is one line for each node and status');
    t.match(logged[0], /"nodeId":"odd","jobId":"odd-\d".*"status":"completed"/);
  },
);

// Runs after the parallel tests, because it kills the server that they share.
void t.test(
  'a server killed between an order and its response does not repeat the order',
  { buffered: false },
  async (t) => {
    const agent = await agentOf(t, 'ordered', { answerDelay: 500 });
    for (let round = 0; round < 5; round += 1) {
      const id = `round-${round}`;
      await server.api.submit(jobAt(agent, id));
      await eventually(() => agent.begun.size === round + 1, {
        interval: 2,
        what: 'the order at the agent',
      });
      await server.restart();
      await server.api.jobIs(id, 'running', 30_000);
    }
    t.same([...agent.begun.values()], [1, 1, 1, 1, 1], 'each allocation was started once');
  },
);

void t.test(
  'after these tests every read model equals a rebuild, and the plan log is consistent',
  { buffered: false },
  async (t) => {
    await invariantsHold(t, server);
  },
);
