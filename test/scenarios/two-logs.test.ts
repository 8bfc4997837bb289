import { rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { dockerdFor } from '../fixtures/container-scene.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { group } from '../fixtures/jobs.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000 * PATIENCE);

/** Sorted before the ids of other tests' nodes, of which a report names at most 20. */
const NODE = '0-node';

void t.test('two logs whose nodes have the same id share a machine without harm', async (t) => {
  const dockerd = await dockerdFor(t, { 'busybox:test': [] });
  if (dockerd === undefined) return;
  const folder = ownFolder(t);
  const installation = async (name: string) => {
    const server = await startServer(t, { dataDir: join(folder, `${name}-server`) });
    const dataDir = join(folder, `${name}-agent`);
    const env = { DOCKER_HOST: dockerd.host, MUSTER_NODE_ID: NODE };
    return { server, dataDir, env, agent: await startAgent(t, server, { dataDir, env }) };
  };
  const [one, two] = [await installation('one'), await installation('two')];
  const both = [one, two];

  const image = { image: 'busybox:test', command: 'sleep 3600' };
  const withVolume = {
    name: 'main',
    tasks: [{ name: 'main', config: image, volumes: [{ name: 'data', path: '/data' }] }],
  };
  await one.server.api.submit({ job_id: 'first', task_groups: [withVolume] });
  // Allocations of jobs with the same name have the same id in both logs.
  for (const { server } of both) {
    await server.api.submit({ job_id: 'same', task_groups: [group(image)] });
    await server.api.submit({ job_id: 'process', task_groups: [group()] });
    for (const id of ['same', 'process']) await server.api.jobIs(id, 'running', 60_000 * PATIENCE);
  }
  await one.server.api.jobIs('first', 'running', 60_000 * PATIENCE);
  const containers = async (): Promise<readonly (readonly [id: string, log: string | undefined])[]> =>
    (await dockerd.docker.listContainers())
      .map(({ Id, Labels }) => [Id, Labels['muster.log']] as const)
      .sort(([left], [right]) => (left < right ? -1 : 1));
  const before = await containers();
  t.equal(before.length, 3);
  const logs = new Set(before.map(([, log]) => log));
  t.equal(logs.size, 2, 'each container bears the id of its log');
  const others = [...logs].map((log) => `${NODE}@${log?.slice(0, 8)}`);

  // Each agent looks for what is left when it starts.
  for (const { agent } of both) await agent.kill();
  for (const { agent } of both) await agent.start();
  for (const { server } of both) {
    const attributes = await eventually(
      async () => {
        const { attributes: found } = await server.api.node(NODE);
        return found?.['docker.foreign_nodes'] === undefined ? undefined : found;
      },
      { timeout: 90_000, what: 'the report of the other log’s containers' },
    );
    const other = String(attributes['docker.foreign_nodes']);
    t.ok(others.includes(other), other);
    t.ok(String(attributes['exec.foreign_nodes']).split(' ').includes(other), 'its processes too');
    const shown = await muster(['node', 'status', NODE], { MUSTER_SERVER_URL: server.url });
    t.match(shown.stdout, other, 'node status shows it');
    for (const id of ['same', 'process'])
      t.match(await server.api.job(id), { status: 'running', allocations: { length: 1 } }, id);
  }
  t.same(await containers(), before, 'no container was ended');

  await one.agent.kill();
  rmSync(join(one.dataDir, 'agent'), { recursive: true });
  await one.agent.start();
  const ofTwo = (await two.server.api.job('same')).allocations[0]?.tasks['main'];
  t.match(ofTwo, { status: 'running' });
  await eventually(
    async () => {
      const now = (await containers()).map(([id]) => id);
      const stayed = before.filter(([id]) => now.includes(id));
      return stayed.length === 1 && stayed[0];
    },
    { timeout: 120_000, what: 'the end of what the lost directory’s agent left, and only of that' },
  );
  t.match(await two.server.api.job('process'), { status: 'running', allocations: { length: 1 } });
  for (const { server } of both) await invariantsHold(t, server);

  await one.server.api.jobIs('first', 'running', 60_000 * PATIENCE);
  const users = async () => await dockerd.docker.listContainers({ filters: { volume: ['muster.data'] } });
  const [ofOne] = await eventually(
    async () => {
      const found = await users();
      return found.length === 1 ? found : undefined;
    },
    { timeout: 60_000, what: 'the container with the volume' },
  );
  const again = { job_id: 'first', task_groups: [{ ...withVolume, restart: { attempts: 0 } }] };
  await two.server.api.submit(again);
  const refused = await two.server.api.jobIs('first', 'failed', 120_000 * PATIENCE);
  t.match(JSON.stringify(refused), /muster\.data already exists .* for another one: see muster volume list/);
  t.equal(refused.allocations[0]?.allocation_id, ofOne?.Labels['muster.allocation'], 'the ids are the same');
  t.equal((await users())[0]?.Id, ofOne?.Id);

  // The operator gives up one of the logs, and hands its work over to the other.
  for (const { agent } of both) await agent.kill();
  Object.assign(two.env, { MUSTER_FORMER_LOGS: ofOne?.Labels['muster.log'] });
  await two.agent.start();
  const [heir] = withVolume.tasks.map((task) => ({ ...task, config: { ...image, command: 'sleep 3599' } }));
  await two.server.api.submit({ job_id: 'first', task_groups: [{ ...withVolume, tasks: [heir] }] });
  await two.server.api.jobIs('first', 'running', 120_000 * PATIENCE);
  const now = await users();
  t.equal(now.length, 1, 'never do two containers have the volume');
  t.not(now[0]?.Labels['muster.log'], ofOne?.Labels['muster.log']);
  await invariantsHold(t, two.server);
});
