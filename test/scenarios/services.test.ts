import { join } from 'node:path';
import t, { type Test } from 'tap';
import { request } from 'undici';
import { startAgent } from '../fixtures/agent.js';
import { dockerdMissing, startDockerd } from '../fixtures/dockerd.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(900_000);

interface Shown {
  readonly id: string;
  readonly status: string;
  readonly version: number;
  readonly endpoints: readonly { readonly port: number; readonly address: string }[];
}

interface Deployment {
  readonly number: number;
  readonly status: string;
  readonly version: number;
  readonly because: string;
  readonly steps: Readonly<Record<string, string | null>>;
}

/** An HTTP server of busybox that serves a folder, in which each start leaves a line. */
const SERVES = [
  'CMD ["/bin/busybox", "sh", "-c", "mkdir -p /data && echo $VERSION >> /data/index.html && trap \'exit 0\' TERM && (busybox httpd -f -p 80 -h /data & wait)"]',
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

async function scene(t: Test) {
  const dockerd = await startDockerd();
  t.teardown(() => dockerd.stop());
  await dockerd.importImage('web:1', SERVES);
  await dockerd.importImage('ends:1', ['CMD ["/bin/busybox", "false"]']);
  const folder = ownFolder(t);
  const server = await startServer(t, { dataDir: join(folder, 'server') });
  const agent = await startAgent(t, server, { dataDir: join(folder, 'agent'), env: { DOCKER_HOST: dockerd.host } });
  const account = { username: 'ann', email: 'ann@example.com', password: 'securepassword123', first_name: 'Ann', last_name: 'Lee' };
  await server.api.post('/api/v1/auth/register', account);
  const { token } = (await server.api.post<{ token: string }>('/api/v1/auth/login', { username: 'ann', password: account.password })).body;
  const headers = { authorization: `Bearer ${token}` };
  const get = async <Body>(path: string): Promise<Body> => (await server.api.get<Body>(`/api/v1${path}`, { headers })).body;
  const post = async (path: string, body?: unknown) => await server.api.post<Shown>(`/api/v1${path}`, body, { headers });
  const put = async (path: string, body: unknown) => await server.api.put<Shown>(`/api/v1${path}`, body, { headers });
  /** What the service's first endpoint answers; undefined: nobody does. */
  const page = async (id: string): Promise<string | undefined> => {
    const [endpoint] = (await get<Shown>(`/services/${id}`)).endpoints;
    return endpoint && (await answerOf(endpoint.address));
  };
  const settled = async (id: string, number: number): Promise<Deployment> =>
    await eventually(
      async () => {
        const { deployments } = await get<{ deployments: Deployment[] }>(`/services/${id}/deployments`);
        return deployments.find((each) => each.number === number && ['completed', 'failed', 'cancelled'].includes(each.status));
      },
      { timeout: 60_000, what: `the end of deployment ${number}` },
    );
  return { dockerd, server, agent, headers, get, post, put, page, settled };
}

async function answerOf(address: string): Promise<string | undefined> {
  try {
    const { statusCode, body } = await request(`http://${address}/`, { headersTimeout: 2_000, bodyTimeout: 2_000 });
    const text = await body.text();
    return statusCode === 200 ? text : undefined;
  } catch {
    return undefined;
  }
}

void t.test('a service is reached where it says, is rolled over without a gap, and a version that fails gives way', async (t) => {
  const missing = dockerdMissing();
  if (!required(t, missing === undefined, missing ?? '')) return;
  const { server, agent, get, post, put, page, settled } = await scene(t);
  const { id } = (await post('/services', { name: 'shop', type: 'web', config: config('one') })).body;
  t.equal((await post(`/services/${id}/start`)).status, 200);
  const first = await settled(id, 1);
  t.match(first, { status: 'completed', because: 'started' });
  t.ok(
    Object.values(first.steps).every((at) => at !== null),
    'each step has its time',
  );
  t.equal(await page(id), 'one\n');

  // Somebody asks all the time, at the addresses that he was told last.
  let [asked, unanswered, over] = [0, 0, false];
  const visitor = (async () => {
    let known: Shown['endpoints'] = [];
    while (!over) {
      known = await get<Shown>(`/services/${id}`).then(
        ({ endpoints }) => endpoints,
        () => known,
      );
      asked += 1;
      const answers = await Promise.all(known.map(async ({ address }) => await answerOf(address)));
      if (answers.every((answer) => answer === undefined)) unanswered += 1;
    }
  })();
  await put(`/services/${id}`, { config: config('two') });
  await eventually(async () => (await get<Shown>(`/services/${id}`)).endpoints.length > 1, { what: 'the second version next to the first' });
  await server.kill();
  await agent.kill();
  await server.start();
  await agent.start();
  t.match(await settled(id, 2), { status: 'completed', because: 'updated' });
  await eventually(async () => (await page(id)) === 'two\n' && (await get<Shown>(`/services/${id}`)).endpoints.length === 1, {
    what: 'the second version alone',
    timeout: 30_000,
  });
  over = true;
  await visitor;
  t.ok(asked > 20, `${asked} looks`);
  t.ok(unanswered <= 1, `${unanswered} of ${asked} looks found nobody: between an address that was told and the look it may have gone`);

  await put(`/services/${id}`, { config: { ...config('three'), image: 'ends:1' } });
  t.match(await settled(id, 3), { status: 'failed' });
  t.match(await get(`/services/${id}`), { status: 'running', version: 4, config: { environment: { VERSION: 'two' } } });
  t.equal(await page(id), 'two\n', 'the former version has served all the time');

  t.equal((await post(`/services/${id}/stop`)).status, 200);
  await eventually(async () => (await page(id)) === undefined, { what: 'the end of the service' });
  t.match(await get(`/services/${id}`), { status: 'stopped' });
  await invariantsHold(t, server);
});

void t.test('a service with a volume keeps its data over versions, restarts and killed agents', async (t) => {
  const missing = dockerdMissing();
  if (!required(t, missing === undefined, missing ?? '')) return;
  const { server, agent, get, post, put, page, settled } = await scene(t);
  const kept = (version: string) => config(version, { volumes: [{ name: 'data', path: '/data' }] });
  const { id } = (await post('/services', { name: 'store', type: 'database', config: kept('one') })).body;
  await post(`/services/${id}/start`);
  await settled(id, 1);
  const address = (await get<Shown>(`/services/${id}`)).endpoints[0]?.address;
  t.equal(await page(id), 'one\n');
  await put(`/services/${id}`, { config: kept('two') });
  await agent.kill();
  await agent.start();
  t.match(await settled(id, 2), { status: 'completed' });
  t.equal(await page(id), 'one\ntwo\n', 'what the first wrote is there');
  t.equal((await get<Shown>(`/services/${id}`)).endpoints[0]?.address, address, 'it is reached where it was');
  t.equal((await post(`/services/${id}/restart`)).status, 200);
  await eventually(async () => (await page(id)) === 'one\ntwo\ntwo\n', { what: 'the restart', timeout: 30_000 });
  await put(`/services/${id}`, { config: { ...kept('three'), image: 'ends:1' } });
  t.match(await settled(id, 3), { status: 'failed' });
  t.match(await settled(id, 4), { status: 'completed', because: 'reverted' });
  t.equal(await page(id), 'one\ntwo\ntwo\ntwo\n', 'the former version has come back to its data');
  await invariantsHold(t, server);
});
