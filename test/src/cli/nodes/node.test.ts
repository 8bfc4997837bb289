import t from 'tap';
import { startAgent } from '../../../fixtures/agent.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { muster } from '../../../fixtures/program.js';
import { startServer } from '../../../fixtures/server.js';

t.setTimeout(300_000 * PATIENCE);

void t.test('removes a node whose agent has ended, and lists it again when it joins again', async (t) => {
  const server = await startServer(t, { env: { MUSTER_NODE_TIMEOUT_SECONDS: '5' } });
  const agent = await startAgent(t, server);
  const run = async (...args: string[]) => await muster(args, { MUSTER_SERVER_URL: server.url });
  const { nodeId } = agent;
  await server.api.submit({
    job_id: 'stays',
    task_groups: [
      { name: 'web', lost: 'fail', tasks: [{ name: 'main', config: { command: 'sleep 1000' } }] },
    ],
  });
  await server.api.jobIs('stays', 'running', 60_000 * PATIENCE);

  t.match(await run('node', 'remove', nodeId), { code: 1, stderr: /not a terminal: pass --yes/ });
  t.match(await run('node', 'remove', nodeId, '--yes', '--force'), {
    code: 1,
    stderr: /is up, so it would register again.*\nDrain the node, stop its agent/,
  });
  await agent.kill();
  // Once the node is down, the scheduler gives up its allocation.
  await eventually(async () => (await run('node', 'remove', nodeId.slice(0, 8), '--yes')).code === 0, {
    timeout: 60_000 * PATIENCE,
  });
  t.same(await server.api.nodes(), []);
  t.match(await run('events', '--node', nodeId), { stdout: /was removed.*removed by an operator/ });
  t.match(await run('node', 'remove', nodeId, '--yes'), { code: 1, stderr: /no such node/ });
  t.match(await run('job', 'status', 'stays'), { code: 0 });
});
