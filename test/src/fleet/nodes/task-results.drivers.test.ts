import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { tenantSubject, subjectOf } from '#domain/kernel/sealing/index.js';
import { EVENT_CATALOG, decode } from '#test/fixtures/muster-events.js';
import { JobVersions } from '#src/fleet/nodes/job-versions.js';
import { TaskResults } from '#src/fleet/nodes/task-results.js';
import { Scheduler } from '#src/fleet/scheduler/scheduler.js';
import { listen } from '../../../agents/drivers/http/scene.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { startAgent } from '../../../agents/support/agent.js';
import { PYTHON } from '../../../fixtures/drivers.js';
import { eventually } from '../../../fixtures/eventually.js';
import { canBeOthers } from '../../../fixtures/other-user.js';
import { openTestApi, type TestApi } from '../../http/support/test-api.js';
import type { AllocationDocument } from '#projections/jobs/allocations.js';

/** A server with a scheduler, and an agent with all of its drivers. */
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
  await startAgent(t, { dataDir: ownFolder(t), serverUrl, heartbeatSeconds: 0.3, httpAllow: '127.0.0.0/8' });
  return { ...api, results: new TaskResults(api.identity.sealer, new JobVersions(api.store), api.store) };
}

/** Submits a job as a surface does, and returns its allocation after its end. */
async function run(
  api: TestApi,
  driver: string,
  config: Record<string, unknown>,
): Promise<AllocationDocument> {
  const jobId = `task.${randomUUID()}`;
  const task = { name: 'main', driver, config, resources: { cpu: 10, memory: 16 } };
  const specification = {
    task_groups: [{ name: 'g', restart: { attempts: 0, delay: 0, mode: 'fail' as const }, tasks: [task] }],
  };
  const owner = { surface: 'tasks', tenant: 'Tenant One', principal: 'user:1' };
  await api.happened({
    type: 'JobSubmitted',
    data: { jobId, evaluationId: randomUUID(), specification, owner },
  });
  return await eventually(
    async () => {
      for await (const page of api.models.list('allocations', { where: { index: 'job', value: jobId } })) {
        for (const { json } of page) {
          const document = JSON.parse(json) as AllocationDocument;
          if (document.status === 'complete' || document.status === 'failed') return document;
        }
      }
      return undefined;
    },
    { what: `end of ${jobId}`, timeout: 30_000 },
  );
}

void t.test('makes an HTTP call once, and returns its response only to its owner', async (t) => {
  const site = await listen(t, (response) => response.end('only for the tenant'));
  const api = await scene(t);
  const { nodeId, tasks } = await run(api, 'http', { url: `${site.url}/hook`, method: 'POST' });
  t.match(tasks['main'], { status: 'complete', exitCode: 0 });
  t.match(await api.results.read(nodeId, tasks['main']?.resultAt ?? -1), {
    http_status: 200,
    body: 'only for the tenant',
  });
  t.equal(site.seen.length, 1);
  const events = await api.events();
  const told = events.filter(({ stream }) => stream.startsWith('node-')).map(({ data }) => data);
  t.notMatch(told.join(), /only for the tenant/);
  const exits = events.map(decode).flatMap((event) => (event.type === 'TaskExited' ? [event.data] : []));
  t.same(
    exits.map(({ result }) => subjectOf(result ?? '')),
    [tenantSubject('Tenant One')],
  );
  await new Promise((resolve) => site.server.close(resolve));
  t.match(await run(api, 'http', { url: site.url }), {
    status: 'failed',
    tasks: { main: { exitCode: 1, message: /^exited with code 1: http.* cannot be reached: .*$/ } },
  });
});

void t.test(
  'runs a process of a tenant as its user',
  { skip: canBeOthers() ? false : 'needs root' },
  async (t) => {
    const api = await scene(t);
    t.match(await run(api, 'exec', { command: 'test "$(id -u)" -ge 200000', tenant: 'Tenant One' }), {
      status: 'complete',
    });
  },
);

void t.test(
  'places a script where Python is available',
  { skip: PYTHON === undefined ? 'there is no Python in the tasks’ PATH' : false },
  async (t) => {
    const api = await scene(t);
    t.match(await run(api, 'python', { command: '-c', arguments: ['raise SystemExit(4)'] }), {
      status: 'failed',
      tasks: { main: { exitCode: 4 } },
    });
  },
);
