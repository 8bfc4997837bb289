import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { causesOf } from '#domain/explain/causes.js';
import { EVENT_CATALOG, decodeOurs, type RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import { WorkLoop } from '#src/fleet/owned-work/index.js';
import { Scheduler } from '#src/fleet/scheduler/scheduler.js';
import { readSettings } from '#src/process/index.js';
import { loadSurfaces } from '#src/process/surfaces/load.js';
import { cookieIn } from '../../../fixtures/cookie.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { openTestApi } from '../../http/support/test-api.js';
import { commandContext } from '../../../fixtures/command-context.js';

/** Maximum number of steps from an effect back to its request. */
const MAX_STEPS = 12;
const ANN = { username: 'ann', password: 'password123' };
const NODE = { node_id: 'node-1', resources: { cpu: 16_000, memory: 64_000, gpus: 4 }, healthy: true };

t.setTimeout(120_000 * PATIENCE);

const api = await openTestApi(t);
const ending = new AbortController();
const scheduler = new Scheduler({
  store: api.store,
  catalog: EVENT_CATALOG,
  clock: systemClock,
  instance: randomUUID(),
});
const scheduling = scheduler.run(ending.signal);
const loops = await startLoops();
t.teardown(async () => {
  ending.abort();
  await Promise.all([scheduling, ...loops.map((loop) => loop.stop())]);
});
await api.say('POST', '/register', {
  ...NODE,
  ip_address: '10.0.0.1',
  drivers: ['exec', 'docker', 'conda', 'http'],
  attributes: { 'docker.assigned_ports': true },
});
await api.identity.registrations.register({ ...ANN, role: 'admin', execute: true }, commandContext());
const { token } = (await api.say('POST', '/api/auth/login', ANN)).json() as { token: string };
const bearer = { authorization: `Bearer ${token}` };
const cookie = { cookie: cookieIn((await api.say('POST', '/login', ANN)).headers) };

/** The loops of all surfaces, as the server starts them. */
async function startLoops(): Promise<readonly WorkLoop[]> {
  const { executor, models: readModels, store: eventStore, projector } = api;
  const { surfaces: settings } = readSettings({});
  const results = { read: () => Promise.resolve(undefined) };
  const kinds = (await loadSurfaces()).flatMap(
    ({ declaration, served }) => served.work?.({ ...api.parts, results }, settings[declaration.name]) ?? [],
  );
  const silent = { info: () => undefined, warn: () => undefined };
  return kinds.map(
    (each) =>
      new WorkLoop(each, {
        executor,
        eventStore,
        readModels,
        changes: projector,
        clock: systemClock,
        ids: { uuid: randomUUID },
        logger: silent,
      }),
  );
}

async function ofRequest(request: string): Promise<RecordedMusterEvent[]> {
  const events = (await api.events()).flatMap((event) => decodeOurs(event) ?? []);
  return events.filter(({ metadata }) => metadata.$correlationId === request);
}

/** Reports a state of all allocations of a request, as their node's agent does. */
async function report(request: string, status: 'running' | 'complete'): Promise<void> {
  const placed = (await ofRequest(request)).filter(({ type }) => type === 'AllocationPlaced');
  const now = Date.now() / 1000;
  const isRunning = status === 'running';
  const state = {
    status,
    start_time: now - 1,
    end_time: isRunning ? null : now,
    tasks: {
      main: {
        status,
        start_time: now - 1,
        end_time: isRunning ? null : now,
        exit_code: isRunning ? null : 0,
      },
    },
  };
  const ids = placed.map(({ data }) => (data as { allocationId: string }).allocationId);
  const said = await api.say('POST', '/heartbeat', {
    ...NODE,
    allocations: Object.fromEntries(ids.map((id) => [id, state])),
  });
  if (said.status !== 200) throw new Error(said.body);
}

/** Returns the event of the request that caused an event, or undefined if the request itself did. */
function parentOf(
  event: RecordedMusterEvent,
  chain: readonly RecordedMusterEvent[],
): RecordedMusterEvent | undefined {
  for (const cause of causesOf(event)) {
    const found = chain.find((other) => {
      if (other.position >= event.position) return false;
      if (cause.kind === 'event' && 'stream' in cause)
        return other.stream === cause.stream && other.revision === cause.revision;
      if (cause.kind === 'event') return other.id === cause.id;
      if (cause.kind === 'job') return other.stream === `job-${cause.id}` && other.revision === cause.version;
      return (
        cause.kind === 'allocation' &&
        other.type === 'AllocationPlaced' &&
        other.data.allocationId === cause.id
      );
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Checks that each event of the request leads back to one that a person caused, and that `muster why` shows them all. */
async function chainIsWhole(t: Test, request: string, types: readonly string[]): Promise<void> {
  const chain = await ofRequest(request);
  for (const type of types)
    t.ok(
      chain.some((event) => event.type === type),
      `${request}: ${type}`,
    );
  for (const event of chain) {
    let [at, steps]: [RecordedMusterEvent, number] = [event, 0];
    for (let next = parentOf(at, chain); next !== undefined; next = parentOf(at, chain)) {
      at = next;
      steps += 1;
    }
    t.ok(steps <= MAX_STEPS, `${request}: ${event.type} takes ${steps} steps`);
    t.notMatch(
      at.metadata.actor ?? '',
      /^(saga|node):/,
      `${request}: ${event.type} ends at ${at.type} of ${at.stream}@${at.revision}`,
    );
  }
  const said = await api.say('GET', `/audit/why/requests/${request}`);
  t.equal(said.status, 200, said.body);
  const { chain: links } = said.json() as { chain: readonly { position: string }[] };
  const shown = links.map(({ position }) => position).slice(0, chain.length);
  t.strictSame(
    shown,
    chain.map(({ position }) => String(position)),
  );
}

async function explained(path: string): Promise<{
  readonly sentence: string;
  readonly evidence: readonly string[];
  readonly chain: readonly { readonly type: string }[];
}> {
  const said = await api.say('GET', `/audit/why/${path}`);
  if (said.status !== 200) throw new Error(`${path}: ${said.body}`);
  return said.json();
}

async function until(request: string, type: string): Promise<void> {
  await eventually(
    async () => {
      const types = (await ofRequest(request)).map((event) => event.type);
      if (!types.includes(type as (typeof types)[number])) throw new Error(types.join());
      return true;
    },
    { what: `${request}: ${type}` },
  );
}

/** Waits for the request's placement, reports that it runs and has ended, and waits for the last effect. */
async function liveThrough(request: string, last: string): Promise<void> {
  await until(request, 'AllocationPlaced');
  await report(request, 'running');
  await until(request, 'AllocationStarted');
  if (last !== 'AllocationStarted') await report(request, 'complete');
  await until(request, last);
}

const RUN = ['JobSubmitted', 'AllocationPlaced', 'AllocationStarted'];
const END = [...RUN, 'AllocationCompleted', 'AllocationReleased', 'JobFinished'];

async function requested(
  request: string,
  path: string,
  body: object,
  headers: Readonly<Record<string, string>> = bearer,
): Promise<{ id?: string | number; data?: { id?: number } }> {
  const said = await api.say('POST', path, body, { ...headers, 'x-request-id': request });
  if (said.status >= 300) throw new Error(`${path}: ${said.status} ${said.body}`);
  return said.json();
}

void t.test('traces the effects of a cluster job to its request', async (t) => {
  const task = { name: 'main', config: { command: 'true' }, resources: { cpu: 100, memory: 64 } };
  const group = { name: 'web', tasks: [task] };
  await requested('of-job', '/jobs', { job_id: 'hello', task_groups: [group] }, {});
  await liveThrough('of-job', 'AllocationReleased');
  await chainIsWhole(t, 'of-job', [...RUN, 'AllocationCompleted', 'AllocationReleased']);
});

void t.test('traces the effects of a task run to its request', async (t) => {
  const task = { name: 'nightly', executor: 'http', url: 'https://example.com/' };
  const { data } = await requested('of-task', '/api/tasks', task);
  await requested('of-run', `/api/tasks/${data?.id}/trigger`, {});
  await liveThrough('of-run', 'TaskRunEnded');
  await chainIsWhole(t, 'of-run', [...END, 'TaskRunEnded']);
  const why = await explained(`tasks/${data?.id}`);
  t.equal(why.sentence, 'Run 1 succeeded.');
  t.match(why.evidence, [/^Its job: It has ended: /, 'No further slot is scheduled.']);
  t.equal(why.chain[0]?.type, 'TaskCreated');
});

void t.test('traces the effects of a GPU claim to its request', async (t) => {
  const spec = { image: 'busybox', resources: { gpuCount: 1 } };
  await requested('of-claim', '/api/gpu-claims', { spec });
  await liveThrough('of-claim', 'GpuClaimEnded');
  await chainIsWhole(t, 'of-claim', ['GpuClaimed', ...END, 'GpuClaimEnded']);
});

void t.test('traces the effects of a service deployment to its request', async (t) => {
  const config = { image: 'web:1', ports: [80] };
  const { id } = await requested('of-creation', '/api/v1/services', { name: 'shop', type: 'web', config });
  await requested('of-service', `/api/v1/services/${id}/start`, {});
  await liveThrough('of-service', 'AllocationStarted');
  await chainIsWhole(t, 'of-service', ['DeploymentRequested', ...RUN]);
});

void t.test('traces the effects of an environment build to its request', async (t) => {
  const environment = { name: 'data', packages: ['numpy'] };
  // The response comes after the end of the build, which fails because no agent sends a result.
  const answered = requested('of-build', '/api/conda/environment', environment, cookie).catch(
    () => undefined,
  );
  await liveThrough('of-build', 'EnvironmentBuildFailed');
  await answered;
  await chainIsWhole(t, 'of-build', ['EnvironmentBuildRequested', ...END, 'EnvironmentBuildFailed']);
  const [first] = await ofRequest('of-build');
  const { environmentId = '' } = (first?.data ?? {}) as { readonly environmentId?: string };
  t.match(await explained(`builds/${environmentId}%2F1`), {
    object: `build:${environmentId}/1`,
    sentence: /^It failed because .*\.$/,
    evidence: [/^Account .* requested it\.$/, /^Its job: /],
  });
  t.equal(
    (await explained(`environments/${environmentId}`)).sentence,
    'It was deleted because its first build failed.',
  );
  for (const path of [`builds/${environmentId}%2F9`, `builds/${environmentId}`, 'tasks/999', 'tasks/x'])
    t.equal((await api.say('GET', `/audit/why/${path}`)).status, 404, path);
});
