import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Sqlite } from '#src/engine/sqlite.js';
import t from 'tap';
import { Api } from '../../../fixtures/api.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { freePort } from '../../../fixtures/free-port.js';
import { parsePrometheus, valueOf } from '../../../fixtures/prometheus-text.js';
import { Program, runToEnd } from '../../../fixtures/program.js';
import type { DriverModule } from '#agents/drivers/driver.js';
import type { TextBlobs } from '#domain/kernel/ports/text-blobs.js';
import { startAgent } from '../../../agents/support/agent.js';
import { hashOf } from '../../../fixtures/documents.js';
import { NatsServer, natsServers } from '../../../fixtures/nats-server.js';
import { required } from '../../../fixtures/requirement.js';
import { startServer } from '../../../fixtures/server.js';
import type { SumConfig } from '../../../fixtures/sum-driver/definition.js';
import { sum } from '../../../fixtures/sum-driver/driver.js';
import { programWithSketch } from '../../../fixtures/sketch/program.js';

t.setTimeout(300_000 * PATIENCE);

/** A surface needs only its own folders, a line in the list of all events and one in the list of surfaces. This adds one to the real program. */
const folder = ownFolder(t);
const main = await programWithSketch(join(folder, 'program'));
const run = async (...args: string[]) => await runToEnd({ command: process.execPath, args: [main, ...args] });
const dataDir = join(folder, 'data');

void t.test('documents the sketch surface', async (t) => {
  t.match(await run('openapi', '--write', join(folder, 'openapi')), { code: 0 });
  const { paths, info, components } = JSON.parse(
    await readFile(join(folder, 'openapi/sketch.json'), 'utf8'),
  ) as {
    paths: never;
    info: object;
    components: { schemas: object };
  };
  t.match(info, { title: 'Muster: sketch' });
  t.match(paths, {
    '/api/sketches': {
      post: { operationId: 'sketch_draw', responses: { 201: {}, 401: {}, 403: {}, 409: {}, 422: {} } },
      get: { operationId: 'sketch_list' },
    },
  });
  t.hasProps(components.schemas, ['Sketch', 'SketchRequest', 'SketchList']);
  const gpu = await readFile(join(folder, 'openapi/gpu.json'), 'utf8');
  t.match(
    gpu,
    /"enum": \[\s*"cluster",\s*"audit",\s*("console",\s*)?"gpu",\s*("[\w:]+",\s*)*"sketch",\s*("\w+",\s*)*"\*"/,
    'an API key can have the scope of the surface',
  );
});

void t.test(
  'serves the sketch surface with its policy, setting, error shape, envelope, job and metrics',
  async (t) => {
    const port = await freePort();
    const env = {
      MUSTER_PORT: String(port),
      MUSTER_DATA_DIR: dataDir,
      MUSTER_ADMIN_PASSWORD: 'password123',
      MUSTER_SKETCH_LETTERS: '5',
      MUSTER_LOG_LEVEL: 'warn',
    };
    const server = Program.start({ command: process.execPath, args: [main, 'server'], env });
    const api = new Api(`http://127.0.0.1:${port}`);
    t.teardown(async () => {
      await api.close();
      await server.end('SIGKILL');
    });
    await eventually(
      async () => {
        if (server.status !== undefined) throw new Error(server.tail());
        return (await api.get('/readyz')).status === 200;
      },
      { timeout: 120_000, what: 'readiness' },
    );

    const logIn = async (username: string) => {
      const { token } = (
        await api.post<{ token: string }>('/api/auth/login', { username, password: 'password123' })
      ).body;
      return { headers: { authorization: `Bearer ${token}` } };
    };
    await api.post('/api/auth/register', { username: 'ann', password: 'password123' });
    const [ann, root] = [await logIn('ann'), await logIn('admin')];

    const draw = async (body: object, options = {}) => await api.post('/api/sketches', body, options);
    t.match(await draw({ name: 'a', text: 'x' }), {
      status: 401,
      headers: { 'x-sketch': 'not drawn' },
      body: { code: 'MUSTER_E_UNAUTHORIZED' },
    });
    t.match(await draw({ name: 'a', text: 'x' }, ann), {
      status: 403,
      body: { problem: 'not allowed: to draw takes somebody who administers a tenant' },
    });
    t.match(await draw({ name: 'a', text: 'sixsix' }, root), {
      status: 400,
      body: { problem: 'text: has at most 5 letters' },
    });
    t.match(await draw({ name: 'a', text: 'hello' }, root), {
      status: 201,
      headers: { 'x-muster-position': /^\d+$/ },
    });
    const taken = {
      status: 422,
      headers: { 'x-muster-error': 'MUSTER_E_SKETCH_TAKEN', 'x-sketch': 'not drawn' },
      body: { problem: 'there is a sketch a already', code: 'MUSTER_E_SKETCH_TAKEN' },
    };
    t.match(
      await draw({ name: 'a', text: 'other' }, root),
      taken,
      'the error shape of the surface also changes the status',
    );
    t.match(
      await api.get('/api/sketches/none'),
      { status: 404, body: { code: 'MUSTER_E_ROUTE_NOT_FOUND' } },
      'an unknown route of the surface is reported in its own error shape',
    );

    const drawn = { data: { items: [{ name: 'a', text: 'hello', status: 'complete' }], total: 1 } };
    await eventually(
      async () => JSON.stringify((await api.get('/api/sketches', ann)).body) === JSON.stringify(drawn),
      {
        timeout: 60_000,
        what: "the end of the sketch's job",
      },
    );

    const own = {
      job_id: 'sketch.mine',
      task_groups: [
        {
          name: 'web',
          tasks: [{ name: 'main', config: { command: 'true' }, resources: { cpu: 100, memory: 64 } }],
        },
      ],
    };
    t.match(
      await api.post('/jobs', own),
      { status: 400, text: /job_id/ },
      'the job ids of the surface are reserved',
    );
    t.match(
      [(await api.get('/jobs/sketch.a')).status, (await api.get('/jobs/sketch.a', root)).status],
      [404, 200],
      'the job of a sketch is hidden from other callers',
    );
    // The work on the last event may still be due for a moment.
    await eventually(
      async () => {
        const figures = parsePrometheus((await api.get('/metrics')).text);
        return (
          valueOf(figures, 'muster_sketches') === 1 &&
          valueOf(figures, 'muster_owned_work_due', { work: 'sketches' }) === 0
        );
      },
      { what: 'metrics with one sketch and no work' },
    );
    // The node continues to report, so an event may just have arrived.
    const lag = async () =>
      valueOf(parsePrometheus((await api.get('/metrics')).text), 'muster_projection_lag_events', {
        model: 'sketches',
      });
    await eventually(async () => (await lag()) === 0, { what: 'a model without lag' });
    t.match((await api.get('/')).body, { documents: [{}, {}, {}, {}, {}, {}, {}, { name: 'sketch' }] });
    await server.end('SIGTERM');
  },
);

for (const way of ['HTTP', 'NATS']) {
  void t.test(
    `an agent fetches the surface's text blobs over ${way}, even if the server is killed in the meantime`,
    async (t) => {
      const nats = way === 'NATS' ? natsServers().at(-1) : undefined;
      if (
        way === 'NATS' &&
        !required(t, nats !== undefined, 'nats-server (Debian: apt-get install nats-server)')
      )
        return;
      const natsUrl = nats === undefined ? undefined : (await NatsServer.start(t, { binary: nats })).url;
      const server = await startServer(t, {
        main,
        dataDir,
        env: { ...(natsUrl !== undefined && { MUSTER_NATS_URL: natsUrl }) },
      });
      let documents: TextBlobs | undefined;
      const room: DriverModule<SumConfig> = {
        ...sum,
        open: async (host) => {
          ({ documents } = host);
          return await sum.open(host);
        },
      };
      const where = natsUrl === undefined ? { serverUrl: server.url } : { natsUrl };
      await startAgent(t, {
        dataDir: ownFolder(t),
        nodeId: way,
        drivers: [room],
        requestTimeoutMs: 1000,
        ...where,
      });
      const fetched = async (text: string): Promise<string | undefined> =>
        await documents?.fetch(hashOf(text), new AbortController().signal);
      t.equal(await fetched('hello'), 'hello');
      await t.rejects(fetched('other'), {
        message: `the server has no document ${hashOf('other')}: there is no document ${hashOf('other')}`,
      });
      await server.kill();
      const coming = fetched('hello');
      await server.start();
      t.equal(await coming, 'hello');
      await server.stop();
    },
  );
}

void t.test('projects and verifies the model of the surface, and finds a planted difference', async (t) => {
  const verified = JSON.parse((await run('verify', '--data-dir', dataDir, '-o', 'json')).stdout) as {
    holds: boolean;
    models: { model: string; documents: number }[];
  };
  t.match(verified, { holds: true, findings: [] });
  t.match(
    verified.models.find(({ model }) => model === 'sketches'),
    { documents: 1 },
  );

  const models = new Sqlite(join(dataDir, 'read-models.db'));
  const generation = models
    .prepare("select generation from generations where model = 'sketches'")
    .pluck()
    .get();
  models.prepare(`update "sketches_${String(generation)}" set json = replace(json, 'hello', 'hullo')`).run();
  models.close();
  const found = await run('verify', '--data-dir', dataDir, '-o', 'json');
  t.equal(found.code, 1);
  t.match(JSON.parse(found.stdout), {
    holds: false,
    findings: [{ check: 'read-models', subject: 'sketches', id: 'a', path: '/text' }],
  });
});

void t.test('refuses a misspelt setting of the surface', async (t) => {
  const refused = await runToEnd({
    command: process.execPath,
    args: [main, 'server'],
    env: { MUSTER_DATA_DIR: join(folder, 'none'), MUSTER_SKETCH_LETTRES: '5' },
  });
  t.match(refused, { code: 78, stderr: /MUSTER_SKETCH_LETTRES: is not a Muster setting/ });
});
