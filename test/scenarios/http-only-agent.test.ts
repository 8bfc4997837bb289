import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { startBasicAgent, type BasicAgent, type Manners } from '../fixtures/basic-agent.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { job } from '../fixtures/jobs.js';
import { startServer, type Server } from '../fixtures/server.js';

t.setTimeout(900_000);

async function fleet(
  t: Test,
  manners: Partial<Manners> = {},
  env: Record<string, string> = {},
  interval = 200,
): Promise<{ server: Server; agent: BasicAgent }> {
  const server = await startServer(t, { dataDir: join(ownFolder(t), 'server'), env: { MUSTER_AGENT_REQUEST_TIMEOUT_SECONDS: '1', ...env } });
  const agent = await startBasicAgent(t, { serverUrl: server.url, nodeId: 'third-party', manners, interval });
  return { server, agent };
}

async function allocationOf(server: Server, id: string): Promise<string> {
  return (await server.api.job(id)).allocations[0]?.allocation_id ?? '';
}

void t.test('an agent that speaks only the contract runs jobs to their end and is asked to stop them', async (t) => {
  const { server, agent } = await fleet(t);
  for (const id of ['completes', 'fails', 'stops']) await server.api.submit(job(id));
  for (const id of ['completes', 'fails', 'stops']) await server.api.jobIs(id, 'running');
  agent.finish(await allocationOf(server, 'completes'));
  agent.finish(await allocationOf(server, 'fails'), 3);
  await server.api.jobIs('completes', 'complete');
  const failed = await server.api.jobIs('fails', 'failed');
  t.match(failed.allocations[0], { status: 'failed', tasks: { main: { status: 'failed', exit_code: 3, message: 'exited with 3' } } });
  const stops = await allocationOf(server, 'stops');
  t.equal((await server.api.delete('/jobs/stops')).status, 200);
  await eventually(() => agent.count('DELETE', stops) >= 1, { what: 'the DELETE of a stopped allocation' });
  await server.api.jobIs('stops', 'dead');
  await eventually(async () => (await server.api.job('stops')).allocations[0]?.status === 'stopped', { what: 'a stopped allocation' });
  t.same([...agent.begun.values()], [1, 1, 1]);
  await invariantsHold(t, server);
});

void t.test('a POST that is answered later than the server waits is settled by GET and never sent again', async (t) => {
  const { server, agent } = await fleet(t, { answerDelay: 3_000 });
  await server.api.submit(job('late'));
  await server.api.jobIs('late', 'running');
  const id = await allocationOf(server, 'late');
  await pause(4_000);
  t.equal(agent.begun.get(id), 1, 'begun once');
  t.equal(agent.count('POST', id), 1, 'ordered once');
  agent.finish(id);
  await server.api.jobIs('late', 'complete');
  await invariantsHold(t, server);
});

void t.test('a POST whose connection is cut after it was carried out starts nothing twice', async (t) => {
  const { server, agent } = await fleet(t, { cutsPosts: true });
  await server.api.submit(job('cut'));
  await server.api.jobIs('cut', 'running');
  const id = await allocationOf(server, 'cut');
  t.equal(agent.begun.get(id), 1);
  t.ok(agent.count('GET', id) >= 1 || agent.count('POST', id) === 1, 'settled by GET or by the heartbeat');
  await invariantsHold(t, server);
});

void t.test('a POST that an agent acts upon long after the server gave it up, silent meanwhile, ends in one run', async (t) => {
  const { server, agent } = await fleet(t, { postDelay: 3_000 }, {}, 0);
  await server.api.submit(job('slow'));
  await eventually(() => agent.begun.size === 1, { timeout: 20_000, what: 'the late order' });
  for (let beats = 0; beats < 5; beats += 1) {
    await agent.heartbeat();
    await pause(300);
  }
  await server.api.jobIs('slow', 'running', 20_000);
  t.same([...agent.begun.values()], [1], 'begun once');
  t.equal(agent.running().length, 1, 'one runs');
  await invariantsHold(t, server);
});

void t.test('a heartbeat without allocations says nothing about them: the server asks with GET', async (t) => {
  const { server, agent } = await fleet(t, { listsAllocations: false });
  await server.api.submit(job('quiet'));
  await server.api.jobIs('quiet', 'running');
  const id = await allocationOf(server, 'quiet');
  await pause(1_500);
  t.equal((await server.api.job('quiet')).status, 'running', 'seven heartbeats without a list lose nothing');
  agent.finish(id, 5);
  const failed = await server.api.jobIs('quiet', 'failed', 30_000);
  t.match(failed.allocations[0], { tasks: { main: { exit_code: 5 } } });
  t.ok(agent.count('GET', id) >= 1);
  await invariantsHold(t, server);
});

void t.test('an allocation that the agent reported as ended and then forgot stays as it was reported', async (t) => {
  const { server, agent } = await fleet(t);
  await server.api.submit(job('ends'));
  await server.api.jobIs('ends', 'running');
  agent.finish(await allocationOf(server, 'ends'));
  await server.api.jobIs('ends', 'complete');
  agent.loseAll();
  await pause(1_500);
  t.equal((await server.api.job('ends')).status, 'complete', 'terminal statuses are final');
  t.equal((await server.api.job('ends')).allocations.length, 1);
  await invariantsHold(t, server);
});

void t.test('an agent that forgets what ended before it could be heard has lost it, and it is placed again', async (t) => {
  const { server, agent } = await fleet(t, { forgetsEnded: true });
  await server.api.submit(job('forgotten'));
  await server.api.jobIs('forgotten', 'running');
  const first = await allocationOf(server, 'forgotten');
  agent.finish(first);
  const again = await eventually(
    async () => {
      const now = await server.api.job('forgotten');
      return now.allocations.find((each) => each.allocation_id !== first && each.status === 'running');
    },
    { timeout: 30_000, what: 'a replacement' },
  );
  t.equal(again.node_id, 'third-party');
  t.equal((await server.api.job('forgotten')).allocations.find((each) => each.allocation_id === first)?.status, 'lost');
  await invariantsHold(t, server);
});

void t.test('an order that the agent refuses fails the allocation with the agent’s own words', async (t) => {
  const { server, agent } = await fleet(t, { refusal: 'no such image here' });
  await server.api.submit(job('refused'));
  const failed = await server.api.jobIs('refused', 'failed');
  t.match(JSON.stringify(failed.allocations[0]), /no such image here/);
  t.equal(agent.calls.filter((call) => call.method === 'POST').length, 1, 'a refusal is an answer: it is not sent again');
  await invariantsHold(t, server);
});

void t.test('what the agent reports and nobody wants is deleted; an unknown status is no news', async (t) => {
  const { server, agent } = await fleet(t);
  await server.api.submit(job('wanted'));
  await server.api.jobIs('wanted', 'running');
  const stray = '6f1b2a52-0000-4000-8000-00000000dead';
  agent.held.set(stray, {
    order: { allocation_id: stray, job_id: 'nobody', task_group: { name: 'main', tasks: [{ name: 'main', config: {} }] } },
    status: 'running',
    start_time: 1,
    end_time: null,
    exit_code: null,
    message: null,
  });
  await eventually(() => agent.count('DELETE', stray) >= 1, { timeout: 20_000, what: 'the DELETE of a stray allocation' });
  const held = agent.held.get(await allocationOf(server, 'wanted'));
  if (held === undefined) throw new Error('the wanted allocation is gone');
  held.status = 'thinking about it' as never;
  for (let beats = 0; beats < 3; beats += 1) t.equal((await agent.heartbeat()).status, 200);
  t.equal((await server.api.job('wanted')).status, 'running');
  held.status = 'running';
  await invariantsHold(t, server);
});

void t.test('a server killed between an order and its answer does not order again', async (t) => {
  const { server, agent } = await fleet(t, { answerDelay: 500 });
  for (let round = 0; round < 5; round += 1) {
    const id = `round-${round}`;
    await server.api.submit(job(id));
    await eventually(() => agent.calls.length >= 0 && agent.begun.size === round + 1, { interval: 2, what: 'the order at the agent' });
    await server.restart();
    await server.api.jobIs(id, 'running', 30_000);
  }
  t.same([...agent.begun.values()], [1, 1, 1, 1, 1], 'each was begun once');
  await invariantsHold(t, server);
});
