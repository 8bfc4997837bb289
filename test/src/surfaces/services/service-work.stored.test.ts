import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { decode } from '#test/fixtures/muster-events.js';
import { MAX_REPEATED_TEXT } from '#domain/jobs/job/stored-in.js';
import { deploymentJobOf, services } from '#domain/services/service/index.js';
import { WorkLoop } from '#src/fleet/owned-work/index.js';
import { JobVersions, TaskDefinitions } from '#src/fleet/nodes/index.js';
import { serviceWork } from '#src/surfaces/services/service-work.js';
import { eventually } from '../../../fixtures/eventually.js';
import { bearer, servicesLogin } from '../../../fixtures/services-account.js';
import { completed, servicesScene } from './routes/scene.js';

const LONG = 'x'.repeat(MAX_REPEATED_TEXT + 1);
const VALUE = 'y'.repeat(15_000);
const DEFINITION = {
  image: 'web:1',
  ports: [80],
  command: `serve ${LONG}`,
  args: [LONG, 'end'],
  health: { type: 'exec', command: ['probe', LONG] },
  environment: { FIRST: VALUE, SECOND: VALUE },
};
/** More bytes than a deployment itself writes, and a fraction of the definition. */
const MAX_DEPLOYMENT_BYTES = 4000;

/** Opens the surface with the loop that submits the jobs of its deployments. */
async function scene(t: Test) {
  const made = await servicesScene(t);
  const { api, as } = made;
  const loop = new WorkLoop(serviceWork, {
    executor: api.executor,
    eventStore: api.store,
    readModels: api.models,
    changes: api.projector,
    clock: systemClock,
    ids: { uuid: randomUUID },
    logger: { info: () => undefined, warn: () => undefined },
  });
  t.teardown(async () => await loop.stop());
  const decoded = async () => (await api.events()).map((recorded) => decode(recorded));
  const isSubmitted = async (jobId: string): Promise<boolean> => {
    for await (const page of api.store.readStream(`job-${jobId}`)) if (page.length > 0) return true;
    return false;
  };
  return {
    ...made,
    decoded,
    start: async (id: string, number: number): Promise<string> => {
      const said = await as('ann', 'POST', `/services/${id}/start`);
      if (said.status !== 200) throw new Error(said.body);
      const jobId = deploymentJobOf(id, number);
      await eventually(async () => await isSubmitted(jobId));
      return jobId;
    },
  };
}

void t.test('stores the definition of a service once for fifty deployments', async (t) => {
  const { api, as, service, start } = await scene(t);
  const bytes = async (): Promise<number> =>
    (await api.events()).reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
  const id = await service('web', DEFINITION);
  const before = await bytes();
  for (let number = 1; number <= 50; number += 1) {
    await start(id, number);
    await as('ann', 'POST', `/services/${id}/stop`);
  }
  const each = ((await bytes()) - before) / 50;
  t.ok(each < MAX_DEPLOYMENT_BYTES, `a deployment writes ${Math.round(each)} bytes`);
});

void t.test('resolves a job that refers to its stored definition, for agents and for the API', async (t) => {
  const { api, as, service, start, told, decoded } = await scene(t);
  const id = await service('web', DEFINITION);
  const jobId = await start(id, 1);
  await told(id, completed(1));
  await as('ann', 'POST', `/services/${id}/restart`);
  await eventually(async () => (await decoded()).some(({ type }) => type === 'JobUpdated'));
  await api.caughtUp();

  const submitted = (await decoded()).find((event) => event.type === 'JobSubmitted');
  const [group] = submitted?.data.specification.task_groups ?? [];
  t.match(group?.tasks[0], {
    stored_in: { service: id, environment: 1, program: 1 },
    config: { image: 'web:1', give_output: true },
    sealed_env: undefined,
  });
  const jobs = new JobVersions(api.store);
  const definitions = new TaskDefinitions(api.store, api.identity.sealer);
  const opened = async (version: number) =>
    await definitions.opened((await jobs.group(jobId, version, 'service'))!);
  const state = await api.executor.load(services, id);
  const living = state.kind === 'present' ? state.living.get(1) : undefined;
  const version = living && state.kind === 'present' ? state.versions.get(living.version) : undefined;
  if (living === undefined || version === undefined) throw new Error('it does not run');
  const { config, checks } = version.work.tasks[0]!;
  t.match((await opened(0))?.tasks, [{ config, checks, env: { FIRST: VALUE, SECOND: VALUE } }]);
  t.match(
    (await opened(1))?.tasks,
    [{ config, checks, env: { FIRST: VALUE, SECOND: VALUE } }],
    'the tasks are the same after a restart',
  );

  const root = bearer(await servicesLogin(api, 'root'));
  const shown = await api.say('GET', `/jobs/${jobId}`, undefined, root);
  t.equal(shown.status, 200, shown.body);
  t.match(shown.json(), {
    task_groups: [
      { tasks: [{ config: { image: 'web:1', command: DEFINITION.command }, args: DEFINITION.args, checks }] },
    ],
  });
  t.notMatch(shown.body, /stored_in|yyyy/);
  const versions = await api.say('GET', `/jobs/${jobId}/versions`, undefined, root);
  t.match(versions.json(), {
    versions: [{ changes: [{ path: 'task_groups.service.tasks.main.env', before: null }] }, { changes: [] }],
  });
});
