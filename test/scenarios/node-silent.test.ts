import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { startBasicAgent } from '../fixtures/basic-agent.js';
import { readEvents } from '../fixtures/event-log.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { Diary, isAlive, job } from '../fixtures/jobs.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

/** Number of extra nodes, so that one silent node is less than a fifth of the fleet. They are too small for the jobs. */
const BYSTANDERS = 5;

void t.test(
  'a silent node is lost and its work is placed elsewhere; when it returns, the replaced task is stopped',
  async (t) => {
    const folder = ownFolder(t);
    const diary = new Diary(join(folder, 'diary'));
    mkdirSync(diary.folder);
    const server = await startServer(t, {
      dataDir: join(folder, 'server'),
      env: { MUSTER_NODE_TIMEOUT_SECONDS: '5' },
    });
    const agents = [
      await startAgent(t, server, { dataDir: join(folder, 'a') }),
      await startAgent(t, server, { dataDir: join(folder, 'b') }),
    ] as const;

    await server.api.submit(job('job', { command: diary.command('job', 3600), cpu: 100, memory: 32 }));
    const placed = await server.api.jobIs('job', 'running');
    await eventually(() => diary.count('job', 'started') === 1);
    const [holder, other] =
      placed.allocations[0]?.node_id === agents[0].nodeId ? agents : [agents[1], agents[0]];
    const first = diary.pid('job');

    // A stopped agent looks like a network failure to the server, and its task keeps running.
    process.kill(holder.program.pid, 'SIGSTOP');
    const moved = await eventually(
      async () => {
        const now = await server.api.job('job');
        return now.status === 'running' &&
          now.allocations.some((each) => each.node_id === other.nodeId && each.status === 'running')
          ? now
          : undefined;
      },
      { timeout: 30_000, what: 'the replacement on the other node' },
    );
    t.equal(moved.allocations.find((each) => each.node_id === holder.nodeId)?.status, 'lost');
    t.equal((await server.api.node(holder.nodeId)).healthy, false, 'a silent node is not shown as healthy');
    t.ok(isAlive(first), 'the lost task still runs: only a loss allows two at once');
    await eventually(() => diary.count('job', 'started') === 2, {
      what: 'the first line of the replacement',
    });

    process.kill(holder.program.pid, 'SIGCONT');
    await eventually(() => !isAlive(first), { timeout: 20_000, what: 'the end of the replaced task' });
    await eventually(async () => (await server.api.node(holder.nodeId)).healthy, {
      what: 'the return of the node',
    });
    const after = await server.api.jobIs('job', 'running');
    t.same(
      after.allocations.filter((each) => each.status === 'running').map((each) => each.node_id),
      [other.nodeId],
    );
    t.ok(isAlive(diary.pid('job')), 'the replacement keeps running');
    t.equal(diary.count('job', 'started'), 2, 'nothing was started again');
    await invariantsHold(t, server);
  },
);

void t.test(
  'a lost allocation of a group with lost = fail counts as failed and is not replaced',
  async (t) => {
    const folder = ownFolder(t);
    const server = await startServer(t, {
      dataDir: join(folder, 'server'),
      env: { MUSTER_NODE_TIMEOUT_SECONDS: '2' },
    });
    for (let index = 0; index < BYSTANDERS; index += 1)
      await startBasicAgent(t, {
        serverUrl: server.url,
        nodeId: `bystander-${index}`,
        resources: { cpu: 10, memory: 10 },
      });
    const agents = await Promise.all(
      ['a', 'b'].map((nodeId) => startBasicAgent(t, { serverUrl: server.url, nodeId })),
    );
    await server.api.submit(job('job', { lost: 'fail' }));
    const placed = await server.api.jobIs('job', 'running');
    const holder = agents.find((each) => each.options.nodeId === placed.allocations[0]?.node_id);
    if (holder === undefined) throw new Error('placed on no known node');
    holder.manners.silent = true;
    const failed = await server.api.jobIs('job', 'failed', 20_000);
    t.equal(failed.allocations.length, 1);
    await invariantsHold(t, server);
  },
);

void t.test(
  'if more than a fifth of the nodes fall silent at once, they are not lost until an operator declares them down',
  async (t) => {
    const folder = ownFolder(t);
    const server = await startServer(t, {
      dataDir: join(folder, 'server'),
      env: { MUSTER_NODE_TIMEOUT_SECONDS: '2' },
    });
    const agents = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        startBasicAgent(t, {
          serverUrl: server.url,
          nodeId: `node-${index}`,
          resources: { cpu: 1000, memory: 1000 },
        }),
      ),
    );
    await server.api.submit(job('job', { cpu: 900, memory: 100, count: 8 }));
    await server.api.jobIs('job', 'running');
    for (const agent of agents.slice(0, 6)) agent.manners.silent = true;
    const began = performance.now();
    await eventually(() => performance.now() - began > 8_000, { what: 'four timeouts' });
    const held = await server.api.job('job');
    t.same(
      held.allocations.map((each) => each.status),
      Array.from({ length: 8 }, () => 'running'),
      'nothing was lost or moved',
    );

    const gone = { reason: 'rack 7 has no power' };
    t.equal(
      (await server.api.post('/nodes/node-7/down', gone)).status,
      409,
      'a healthy node is not declared down',
    );
    t.equal((await server.api.post('/nodes/node-0/down', gone)).status, 200);
    t.equal(
      (await server.api.post('/nodes/node-0/down', gone)).status,
      200,
      'a repeated request succeeds too',
    );
    await eventually(
      async () =>
        (await server.api.job('job')).allocations.filter(({ status }) => status === 'lost').length === 1,
      { what: 'one lost allocation' },
    );
    t.equal((await server.api.post('/nodes/node-1/down', gone)).status, 200);
    await eventually(
      async () =>
        (await server.api.job('job')).allocations.filter(({ status }) => status === 'lost').length === 6,
      {
        what: 'the loss of the remaining silent nodes, which are few enough',
      },
    );
    const reasons = (await readEvents(server, { streamPrefixes: ['node-'] })).flatMap(({ type, data }) =>
      type === 'NodeWentDown' && 'reason' in data ? [data.reason] : [],
    );
    t.equal(
      reasons.filter((reason) => String(reason).endsWith('declared down: rack 7 has no power')).length,
      2,
    );
    for (const agent of agents) agent.manners.silent = false;
    await server.api.jobIs('job', 'running', 30_000);
    await invariantsHold(t, server);
  },
);
