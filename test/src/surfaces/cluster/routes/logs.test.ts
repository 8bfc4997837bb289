import t from 'tap';
import type { AgentAddress, AgentChannel, LogQuery } from '#domain/protocol/agent-channel.js';
import { place, placed, started } from '../../../../projections/events.js';
import { noAgents, openTestApi } from '../../../http/support/test-api.js';

const asked: { agent: AgentAddress; allocationId: string; query: LogQuery }[] = [];
let answer: 'lines' | 'absent' | 'removed' | 'unknown' | 'endless' = 'lines';
let ended = false;

/** The test sets the agent's responses; the channel itself is tested in test/agents. */
const agentChannel: AgentChannel = {
  ...noAgents,
  logs: async (agent, allocationId, query, signal) => {
    asked.push({ agent, allocationId, query });
    if (answer === 'absent' || answer === 'removed') return { kind: answer };
    if (answer === 'unknown') return { kind: 'unknown', problem: 'connection refused' };
    const endless = answer === 'endless';
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('line 1\n\xff raw', 'latin1');
      if (endless)
        await new Promise<void>((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      ended = true;
    }
    return { kind: 'found', chunks: chunks() };
  },
};

const { app, say, happened } = await openTestApi(t, { agentChannel });
await say('POST', '/register', {
  node_id: 'n1',
  ip_address: '10.0.0.5',
  resources: { cpu: 1000, memory: 1000 },
  endpoint: 'http://10.0.0.5:9000',
});
await say('POST', '/register', {
  node_id: 'mute',
  ip_address: '10.0.0.6',
  resources: { cpu: 1000, memory: 1000 },
});
const two = {
  task_groups: [
    {
      name: 'web',
      tasks: [
        { name: 'main', config: { command: 'true' } },
        { name: 'side', config: { command: 'true' } },
      ],
    },
  ],
};
await say('POST', '/jobs', {
  job_id: 'one',
  task_groups: [{ name: 'web', tasks: [{ name: 'main', config: { command: 'true' } }] }],
});
await say('POST', '/jobs', { job_id: 'two', ...two });
await happened(
  placed(place('a1', 'one')),
  started(place('a1', 'one')),
  placed(place('a2', 'two')),
  placed(place('a3', 'one', 1, 'web', 'mute')),
);

void t.test("returns the bytes of a task's log unchanged", async (t) => {
  const done = await app.inject({ url: '/jobs/one/allocations/a1/logs?type=stderr&tail=5' });
  t.equal(done.statusCode, 200);
  t.match(done.headers, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
  t.same(done.rawPayload, Buffer.from('line 1\n\xff raw', 'latin1'));
  const octets = await app.inject({
    url: '/jobs/one/allocations/a1/logs?type=stderr&tail=5',
    headers: { accept: 'application/octet-stream' },
  });
  t.match(octets.headers, {
    'content-type': 'application/octet-stream',
    'x-content-type-options': 'nosniff',
  });
  t.same(octets.rawPayload, done.rawPayload);
  t.same(asked.at(-1), {
    agent: { nodeId: 'n1', epoch: 1, endpoint: 'http://10.0.0.5:9000' },
    allocationId: 'a1',
    query: { task: 'main', stream: 'stderr', follow: false, tail: 5 },
  });
});

void t.test("requires the task's name if there are several", async (t) => {
  t.match((await say('GET', '/jobs/two/allocations/a2/logs')).json(), {
    error: 'task: must be one of main, side',
  });
  t.equal((await say('GET', '/jobs/two/allocations/a2/logs?task=side')).status, 200);
  t.match(asked.at(-1)?.query, { task: 'side', stream: 'both' }, 'both streams are read if none is named');
  t.equal((await say('GET', '/jobs/two/allocations/a2/logs?task=other')).status, 400);
  for (const query of ['type=x', 'tail=-1', 'tail=x', 'follow=maybe', 'unknown=1'])
    t.equal((await say('GET', `/jobs/one/allocations/a1/logs?${query}`)).status, 400, query);
});

void t.test(
  'responds 404 without a log, 410 for a removed one, and 502 for an unreachable agent',
  async (t) => {
    t.same((await say('GET', '/jobs/one/allocations/none/logs')).json(), { error: 'Allocation not found' });
    t.same(
      (await say('GET', '/jobs/one/allocations/a2/logs')).json(),
      { error: 'Allocation not found' },
      'an allocation of another job is not found',
    );
    t.same((await say('GET', '/jobs/none/allocations/a1/logs')).json(), { error: '作业不存在' });
    answer = 'absent';
    t.equal((await say('GET', '/jobs/one/allocations/a1/logs')).status, 404);
    answer = 'removed';
    const removed = await say('GET', '/jobs/one/allocations/a1/logs');
    t.equal(removed.status, 410);
    t.same(removed.json(), { error: 'the log was removed: a node retains only the newest logs' });
    answer = 'unknown';
    const unknown = await say('GET', '/jobs/one/allocations/a1/logs');
    t.equal(unknown.status, 502);
    t.match(unknown.json(), { error: /n1 did not respond: connection refused/ });
    t.equal(
      (await say('GET', '/jobs/one/allocations/a3/logs')).status,
      502,
      'a node without an endpoint cannot be called',
    );
  },
);

void t.test('aborts the request to the agent when the client disconnects', async (t) => {
  answer = 'endless';
  ended = false;
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const following = await fetch(`${address}/jobs/one/allocations/a1/logs?follow=true`);
  const reader = following.body?.getReader();
  t.ok((await reader?.read())?.value?.length);
  t.equal(asked.at(-1)?.query.follow, true);
  await reader?.cancel();
  while (!ended) await new Promise(setImmediate);
  t.pass('the request to the agent is aborted');
});
