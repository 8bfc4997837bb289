import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { DRIVERS as AGENT_DRIVERS } from '#agents/drivers/list.js';
import { DRIVERS, driverProblem, MAX_RESULT_BYTES } from '#domain/drivers/index.js';
import { EVENT_CATALOG, decode } from '#test/fixtures/muster-events.js';
import { CLUSTER_SUBJECT, subjectOf, tenantSubject } from '#domain/kernel/sealing/index.js';
import { JobVersions } from '#src/fleet/nodes/job-versions.js';
import { TaskResults } from '#src/fleet/nodes/task-results.js';
import { Scheduler } from '#src/fleet/scheduler/scheduler.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { startAgent } from '../../../agents/support/agent.js';
import { DRIVERS_HERE } from '../../../fixtures/drivers.js';
import { eventually } from '../../../fixtures/eventually.js';
import { sumDriver } from '../../../fixtures/sum-driver/definition.js';
import { sum } from '../../../fixtures/sum-driver/driver.js';
import { openTestApi, type TestApi } from '../../http/support/test-api.js';
import { startServer } from './cluster.js';
import type { AllocationDocument } from '#projections/jobs/allocations.js';

/** All drivers and one more, which has a part in the domain and a part in the agent. */
const drivers = { domain: [...DRIVERS, sumDriver], agents: [...AGENT_DRIVERS, sum] };

/** A server with a scheduler, and an agent that has the driver. */
async function scene(t: Test): Promise<TestApi & { readonly results: TaskResults }> {
  const api = await openTestApi(t);
  const serverUrl = await api.app.listen({ port: 0, host: '127.0.0.1' });
  const stopping = new AbortController();
  const scheduling = new Scheduler({
    store: api.store,
    catalog: EVENT_CATALOG,
    clock: systemClock,
    instance: randomUUID(),
  }).run(stopping.signal);
  t.teardown(async () => {
    stopping.abort();
    await scheduling.catch(() => undefined);
  });
  await startAgent(t, { dataDir: ownFolder(t), serverUrl, heartbeatSeconds: 0.3, drivers: drivers.agents });
  return { ...api, results: new TaskResults(api.identity.sealer, new JobVersions(api.store), api.store) };
}

const task = (config: Record<string, unknown>) => ({
  name: 'main',
  driver: 'sum',
  config,
  resources: { cpu: 10, memory: 10 },
});
const owner = { surface: 'conda', tenant: 'Tenant One', principal: 'user:1' };

async function begin(api: TestApi, jobId: string, ...configs: Record<string, unknown>[]): Promise<void> {
  const tasks = configs.map((config, index) => ({
    ...task(config),
    name: index === 0 ? 'main' : `side${index}`,
  }));
  await api.happened({
    type: 'JobSubmitted',
    data: {
      jobId,
      evaluationId: randomUUID(),
      specification: { task_groups: [{ name: 'g', tasks }] },
      owner,
    },
  });
}

const allocationOf = (api: TestApi, jobId: string, status: string): Promise<AllocationDocument> =>
  eventually(
    async () => {
      for await (const page of api.models.list('allocations', { where: { index: 'job', value: jobId } })) {
        for (const { json } of page) {
          const document = JSON.parse(json) as AllocationDocument;
          if (document.status === status) return document;
        }
      }
      return undefined;
    },
    { what: `${status} allocation of ${jobId}`, timeout: 30_000 },
  );

void t.test('runs tasks of an additional driver without changes elsewhere', async (t) => {
  const config = { numbers: [20, 22], note: 'only for the tenant' };
  t.equal(driverProblem(task(config), drivers.domain), undefined);
  t.match(driverProblem(task({ numbers: 'x' }), drivers.domain), { field: 'config.numbers' });
  const api = await scene(t);
  await begin(api, 'conda.1', config);
  const { nodeId, tasks } = await allocationOf(api, 'conda.1', 'complete');
  t.match((await api.say('GET', '/nodes')).json(), {
    nodes: [{ drivers: [...DRIVERS_HERE, 'sum'], attributes: { 'sum.precision': 'double' } }],
  });

  const exits = (await api.events()).map(decode).filter((event) => event.type === 'TaskExited');
  t.equal(exits.length, 1);
  const sealed = exits[0]?.type === 'TaskExited' ? (exits[0].data.result ?? '') : '';
  t.equal(
    subjectOf(sealed),
    tenantSubject('Tenant One'),
    'the result is sealed for the tenant of the job’s owner',
  );
  t.notMatch(
    (await api.events())
      .filter(({ stream }) => stream.startsWith('node-'))
      .map(({ data }) => data)
      .join(),
    /only for the tenant/,
  );
  t.same(await api.results.open(sealed), { sum: 42, note: config.note });
  t.same(
    await api.results.read(nodeId, tasks['main']?.resultAt ?? -1),
    { sum: 42, note: config.note },
    'the result is found by the resultAt of the allocation’s document',
  );
  t.equal(await api.results.read(nodeId, 0), undefined, 'another event contains no result');
  await api.identity.sealer.eraseKey(tenantSubject('Tenant One'));
  t.equal(
    await api.results.open(sealed),
    undefined,
    'the result cannot be opened once the tenant’s key is erased',
  );
});

void t.test('appends each result separately, and fails a task whose result is too large', async (t) => {
  const api = await scene(t);
  const half = 'x'.repeat(MAX_RESULT_BYTES / 2 - 100);
  await begin(api, 'conda.two', { numbers: [1], note: half }, { numbers: [2], note: half });
  const { nodeId, tasks } = await allocationOf(api, 'conda.two', 'complete');
  for (const [name, sum] of [
    ['main', 1],
    ['side1', 2],
  ] as const)
    t.same(await api.results.read(nodeId, tasks[name]?.resultAt ?? -1), { sum, note: half });
  await begin(
    api,
    'conda.large',
    { numbers: [1], note: `${half}${half.slice(0, 1000)}` },
    { numbers: [2], note: half },
  );
  const large = Object.values((await allocationOf(api, 'conda.large', 'failed')).tasks);
  t.match(
    large.find(({ status }) => status === 'failed'),
    {
      message: /^its result and those of its group are larger than 131072 bytes in total$/,
      resultAt: undefined,
    },
  );
  t.equal(large.filter(({ resultAt }) => resultAt !== undefined).length, 1, 'the result that fits is stored');
});

void t.test('accepts results only from our agents and up to the limit', async (t) => {
  const server = await startServer(t);
  const version = await server.pen.job('j1');
  const said = async (allocation: string, node: string, result: unknown, ours: boolean): Promise<unknown> => {
    await server.register({ node_id: node }, { ours });
    await server.pen.place(allocation, node, 'j1', version);
    await server.settled();
    const tasks = { main: { status: 'complete', start_time: 1, end_time: 2, exit_code: 0, result } };
    await server.heartbeat(
      {
        node_id: node,
        allocations: { [allocation]: { status: 'complete', start_time: 1, end_time: 2, tasks } },
      },
      { ours },
    );
    t.same((await server.pen.types(`node-${node}`)).slice(-3), [
      'AllocationStarted',
      'TaskExited',
      'AllocationCompleted',
    ]);
    const { result: kept } = (await server.pen.newest('TaskExited', `node-${node}`)) as { result?: string };
    return kept === undefined ? undefined : [subjectOf(kept), await server.results.open(kept)];
  };
  t.same(
    await said('a1', 'n1', { sum: 1 }, true),
    [CLUSTER_SUBJECT, { sum: 1 }],
    'the result of a job without a tenant is sealed for the cluster',
  );
  t.equal(await said('a2', 'n2', { sum: 1 }, false), undefined);
  t.equal(await said('a3', 'n3', 'no object', true), undefined);
  t.equal(await said('a4', 'n4', { note: 'x'.repeat(MAX_RESULT_BYTES) }, true), undefined);
});
