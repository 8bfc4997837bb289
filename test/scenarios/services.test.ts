import { join } from 'node:path';
import t, { type Test } from 'tap';
import { request } from 'undici';
import { startAgent } from '../fixtures/agent.js';
import type { Answer } from '../fixtures/api.js';
import { dockerdMissing, startDockerd } from '../fixtures/dockerd.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';
import { ServicesUser, type ServiceView } from '../fixtures/services-user.js';

t.setTimeout(900_000);

/** Runs busybox's HTTP server on a folder to which each start adds a line. */
const SERVES = [
  'CMD ["/bin/busybox", "sh", "-c", "echo serves $VERSION; mkdir -p /data && echo $VERSION >> /data/index.html && trap \'exit 0\' TERM && (busybox httpd -f -p 80 -h /data & wait)"]',
];
const config = (version: string, more: object = {}) => ({
  image: 'web:1',
  ports: [80],
  environment: { VERSION: version },
  resources: { cpu: 50, memory: 32 },
  health: { type: 'http', path: '/', interval_seconds: 0.2, grace_seconds: 20 },
  update: { min_healthy_seconds: 1, progress_deadline_seconds: 120 },
  ...more,
});

/** Both versions run for some seconds, so that a slow test sees them. */
const SLOW = { update: { min_healthy_seconds: 5, progress_deadline_seconds: 120 } };

async function scene(t: Test) {
  const dockerd = await startDockerd();
  t.teardown(() => dockerd.stop());
  await dockerd.importImage('web:1', SERVES);
  await dockerd.importImage('ends:1', ['CMD ["/bin/busybox", "false"]']);
  const folder = ownFolder(t);
  const server = await startServer(t, { dataDir: join(folder, 'server') });
  const agent = await startAgent(t, server, {
    dataDir: join(folder, 'agent'),
    env: { DOCKER_HOST: dockerd.host },
  });
  const ann = await ServicesUser.register(server.api, 'ann');
  /** Returns the response of the service's first endpoint, or undefined without an endpoint. */
  const page = async (id: string): Promise<string | undefined> => {
    const [endpoint] = (await ann.get(`/services/${id}`)).endpoints;
    return endpoint && (await answerOf(endpoint.address));
  };
  return { dockerd, server, agent, ann, page };
}

async function answerOf(address: string): Promise<string | undefined> {
  try {
    const { statusCode, body } = await request(`http://${address}/`, {
      headersTimeout: 2_000 * PATIENCE,
      bodyTimeout: 2_000 * PATIENCE,
    });
    const text = await body.text();
    return statusCode === 200 ? text : undefined;
  } catch {
    return undefined;
  }
}

void t.test(
  'a service responds at its endpoints, is updated without downtime, and a failed version is rolled back',
  async (t) => {
    const missing = dockerdMissing();
    if (!required(t, missing === undefined, missing ?? '')) return;
    const { server, agent, ann, page } = await scene(t);
    const { id } = (await ann.post('/services', { name: 'shop', type: 'web', config: config('one') })).body;
    t.equal((await ann.post(`/services/${id}/start`)).status, 200);
    const first = await ann.settled(id, 1);
    t.match(first, { status: 'completed', because: 'started' });
    t.ok(
      Object.values(first.steps).every((at) => at !== null),
      'each step has its time',
    );
    t.equal(await page(id), 'one\n');

    const { logs } = await ann.get<{ logs: string[] }>(`/services/${id}/logs`);
    t.same(logs, ['serves one']);
    t.same(
      (
        await ann.get<{ logs: string[] }>(
          `/services/${id}/logs?since=${new Date(Date.now() + 60_000).toISOString()}`,
        )
      ).logs,
      [],
      'no log line is newer',
    );
    t.same(
      (await ann.get<{ logs: string[] }>(`/services/${id}/logs?since=2020-01-01T00:00:00Z&search=ves`)).logs,
      logs,
    );
    const file = await server.api.get(`/api/v1/services/${id}/logs?download=true`, { headers: ann.headers });
    t.equal(file.text, 'serves one\n');
    t.equal(file.headers['content-disposition'], `attachment; filename="service-${id}.log"`);

    const { events } = await ann.get<{ events: { kind: string; text: string }[] }>(`/services/${id}/events`);
    const kinds = events.map(({ kind }) => kind);
    const words = events.map(({ text }) => text).join(' ');
    t.equal(kinds.filter((kind) => kind === 'image').length, 1, words);
    t.same(
      kinds.filter((kind) => kind !== 'image'),
      ['completed', 'healthy', 'started', 'placed', 'deployment', 'version', 'created'],
      words,
    );

    // Constantly sends requests to the last known addresses.
    let [asked, unanswered, over] = [0, 0, false];
    const visitor = (async () => {
      let known: ServiceView['endpoints'] = [];
      while (!over) {
        known = await ann.get(`/services/${id}`).then(
          ({ endpoints }) => endpoints,
          () => known,
        );
        asked += 1;
        const answers = await Promise.all(known.map(async ({ address }) => await answerOf(address)));
        if (answers.every((answer) => answer === undefined)) unanswered += 1;
      }
    })();
    await ann.put(`/services/${id}`, { config: config('two', SLOW) });
    await eventually(async () => (await ann.get(`/services/${id}`)).endpoints.length > 1, {
      what: 'endpoints of both versions',
    });
    await server.kill();
    await agent.kill();
    await server.start();
    await agent.start();
    t.match(await ann.settled(id, 2), { status: 'completed', because: 'updated' });
    await eventually(
      async () => (await page(id)) === 'two\n' && (await ann.get(`/services/${id}`)).endpoints.length === 1,
      {
        what: 'the second version as the only one',
        timeout: 30_000,
      },
    );
    const used = await eventually(
      async () => {
        const { instances } = await ann.get<{
          instances: { points: { cpu_usage: number; memory_usage: number }[] }[];
        }>(`/services/${id}/metrics/history`);
        return instances[0]?.points.at(-1);
      },
      { what: 'the resource usage of the instance' },
    );
    t.ok(
      used.memory_usage > 0 && used.cpu_usage >= 0,
      `${used.memory_usage} bytes, ${used.cpu_usage} percent`,
    );
    over = true;
    await visitor;
    t.ok(asked > 20, `${asked} requests`);
    t.ok(unanswered <= 1, `${unanswered} of ${asked} requests failed: an instance may end before a request`);

    await ann.put(`/services/${id}`, { config: { ...config('three'), image: 'ends:1' } });
    t.match(await ann.settled(id, 3), { status: 'failed' });
    // Both events are in one append, but the read models of services and of deployments are updated one after the other.
    const back = await eventually(
      async () => await ann.get(`/services/${id}`).then((view) => (view.version === 4 ? view : undefined)),
      {
        what: 'the version that reverts the failed one',
      },
    );
    t.match(back, { status: 'running', config: { environment: { VERSION: 'two' } } });
    t.equal(await page(id), 'two\n', 'the previous version is still serving');

    t.equal((await ann.post(`/services/${id}/stop`)).status, 200);
    await eventually(async () => (await page(id)) === undefined, { what: 'the end of the service' });
    t.match(await ann.get(`/services/${id}`), { status: 'stopped' });
    await invariantsHold(t, server);
  },
);

void t.test(
  'a service with a volume keeps its data across versions, restarts and killed agents',
  async (t) => {
    const missing = dockerdMissing();
    if (!required(t, missing === undefined, missing ?? '')) return;
    const { dockerd, server, agent, ann, page } = await scene(t);
    const kept = (version: string) => config(version, { volumes: [{ name: 'data', path: '/data' }] });
    const { id } = (await ann.post('/services', { name: 'store', type: 'database', config: kept('one') }))
      .body;
    await ann.post(`/services/${id}/start`);
    await ann.settled(id, 1);
    const address = (await ann.get(`/services/${id}`)).endpoints[0]?.address;
    t.equal(await page(id), 'one\n');
    await ann.put(`/services/${id}`, { config: kept('two') });
    await agent.kill();
    await agent.start();
    t.match(await ann.settled(id, 2), { status: 'completed' });
    t.equal(await page(id), 'one\ntwo\n', 'the data of the first version is there');
    t.equal(
      (await ann.get(`/services/${id}`)).endpoints[0]?.address,
      address,
      'the service keeps its address',
    );
    const containers = async () => (await dockerd.docker.listContainers()).map(({ Id }) => Id);
    const before = await containers();
    await ann.put(`/services/${id}`, { config: { ...kept('two'), image: 'registry.invalid/web:2' } });
    t.match(await ann.settled(id, 3), { status: 'failed', reason: { message: /image pull failed/ } });
    t.same(await containers(), before, 'an image that cannot be pulled stops no running instance');
    t.match(await ann.get(`/services/${id}`), { status: 'running', version: 4, config: { image: 'web:1' } });
    t.equal((await ann.post(`/services/${id}/stop`)).status, 200);
    await eventually(async () => (await containers()).length === 0, { what: 'the end of the service' });
    t.equal((await ann.post(`/services/${id}/start`)).status, 200);
    t.match(await ann.settled(id, 4), { status: 'completed', because: 'started' });
    t.equal(
      (await ann.get(`/services/${id}`)).endpoints[0]?.address,
      address,
      'the service keeps its address when it is stopped and started',
    );
    t.equal((await ann.post(`/services/${id}/restart`)).status, 200);
    await eventually(async () => (await page(id)) === 'one\ntwo\ntwo\ntwo\n', {
      what: 'the restart',
      timeout: 30_000,
    });
    await ann.put(`/services/${id}`, { config: { ...kept('three'), image: 'ends:1' } });
    t.match(await ann.settled(id, 5), { status: 'failed' });
    t.match(await ann.settled(id, 6), { status: 'completed', because: 'reverted' });
    t.equal(await page(id), 'one\ntwo\ntwo\ntwo\ntwo\n', 'the previous version runs again with its data');

    const logs = async (query = ''): Promise<Answer<{ logs: string[] }>> =>
      await server.api.get(`/api/v1/services/${id}/logs${query}`, { headers: ann.headers });
    await ann.post(`/services/${id}/restart`);
    await eventually(async () => (await page(id)) === 'one\ntwo\ntwo\ntwo\ntwo\ntwo\n', {
      what: 'one more restart',
      timeout: 30_000,
    });
    t.match((await logs()).body.logs, ['serves two'], 'the log is that of the running instance');
    await agent.kill();
    const answered = await eventually(
      async () => await logs().then((answer) => (answer.status === 200 ? answer : undefined)),
      {
        what: 'the logs of a node that is gone',
        timeout: 90_000,
      },
    );
    t.match(answered.body.logs, [
      '-- muster: the node of this instance is no longer available, and none of its output was stored --',
      /^-- muster: the end of the output of an earlier instance until \d{4}-\d\d-\d\dT[\d:.]+Z, at most 8 KiB --$/,
      'serves two',
    ]);
    t.equal(answered.headers['x-muster-log-end'], 'true');
    const first = (await logs('?deployment=1&search=serves')).body.logs;
    t.match(
      first,
      [
        /^-- muster: the node of this instance is no longer available: the end of its output until .*Z, at most 8 KiB --$/,
        'serves one',
      ],
      'the instance had ended before',
    );
    t.equal(
      (await logs('?deployment=1&search=no%20such%20words')).body.logs.length,
      1,
      'every search includes the notice of Muster',
    );
    t.equal((await logs('?deployment=1&download=true')).text, `${first.join('\n')}\n`);
    t.equal((await logs('?deployment=1&tail=0')).body.logs.length, 1);
    const followed = await logs('?deployment=1&follow=true');
    t.match(
      followed.text,
      /^data: -- muster: only the end of the output of instance [0-9a-f]{8} is available --\n\ndata: serves one\n\ndata: -- muster: Deployment 1 is over\. .*--\n\nevent: end\ndata: \n\n$/,
    );
    await invariantsHold(t, server);
    await ann.erase(`/services/${id}`);
    t.equal((await logs('?deployment=1')).status, 404);
  },
);

interface Kept {
  readonly volumes: readonly {
    readonly id: string;
    readonly status: string;
    readonly service_name: string;
  }[];
}

void t.test(
  "a deleted service's volume is retained for other services until it is deleted, and then removed from the node",
  async (t) => {
    const missing = dockerdMissing();
    if (!required(t, missing === undefined, missing ?? '')) return;
    const { dockerd, server, agent, ann, page } = await scene(t);
    const onNode = async (): Promise<readonly string[]> =>
      (await dockerd.docker.listVolumes()).Volumes.map(({ Name }) => Name);
    const storing = (version: string, from?: string) =>
      config(version, { volumes: [{ name: 'data', path: '/data', ...(from !== undefined && { from }) }] });
    const deployed = async (type: string, body: object): Promise<string> => {
      const { id } = (await ann.post('/services', { name: type, type, config: body })).body;
      await ann.post(`/services/${id}/start`);
      t.match(await ann.settled(id, 1), { status: 'completed' });
      return id;
    };
    const first = await deployed('database', storing('one'));
    const volume = (await ann.get<Kept>('/volumes')).volumes[0]?.id ?? '';
    t.same(await onNode(), [`muster.${volume}`]);
    t.equal((await ann.erase(`/volumes/${volume}`)).status, 409);
    t.equal((await ann.erase(`/services/${first}`)).status, 200);
    t.match(await ann.get<Kept>('/volumes'), {
      volumes: [{ id: volume, status: 'kept', service_name: 'database' }],
      total: 1,
    });

    const second = await deployed('store', storing('two', volume));
    t.equal(await page(second), 'one\ntwo\n', 'the data of the deleted service is there');
    t.equal((await ann.erase(`/services/${second}`)).status, 200);
    t.equal((await ann.erase(`/volumes/${volume}`)).status, 200);
    await server.kill();
    await agent.kill();
    await server.start();
    await agent.start();
    await eventually(async () => (await onNode()).length === 0, {
      what: 'the end of the volume',
      timeout: 60_000,
    });
    await eventually(async () => (await ann.get<Kept>('/volumes')).volumes.length === 0, {
      what: 'a list without the volume',
      timeout: 30_000,
    });

    const third = await deployed('third', storing('three'));
    t.equal((await onNode()).length, 1);
    t.equal((await ann.erase(`/services/${third}?volumes=true`)).status, 200);
    await eventually(async () => (await onNode()).length === 0, {
      what: 'the end of a volume that was deleted with its service',
      timeout: 60_000,
    });
    await invariantsHold(t, server);
  },
);
