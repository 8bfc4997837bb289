import t from 'tap';
import { containerScene } from '../fixtures/container-scene.js';
import { eventually } from '../fixtures/eventually.js';
import { readRecorded } from '../fixtures/event-log.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { ServicesUser } from '../fixtures/services-user.js';
import { TaskAccount } from '../fixtures/task-account.js';

t.setTimeout(900_000);

const PASSWORD = 'password-of-everybody';
const SECRET = 'p@ss of the store';
const SERVES =
  'CMD ["/bin/busybox", "sh", "-c", "mkdir -p /data && echo served > /data/index.html && exec busybox httpd -f -p 80 -h /data"]';
const STORE = {
  name: 'store',
  type: 'database',
  config: { image: 'web:1', ports: [80], environment: { KEY: '{{KEY}}' } },
  variables: [{ name: 'KEY', type: 'string', description: 'A key', secret: true }],
  connection_string: 'http://user:{{KEY}}@{{ENDPOINT}}/',
};
const update = { min_healthy_seconds: 0 };

void t.test('containers and processes of a tenant reach its services by name', async (t) => {
  const scene = await containerScene(t, {
    images: { 'web:1': [SERVES] },
    serverEnv: { MUSTER_ADMIN_PASSWORD: PASSWORD },
  });
  if (scene === undefined) return;
  const { server } = scene;
  const admin = await ServicesUser.logIn(server.api, 'admin', PASSWORD);
  t.equal((await admin.post('/templates', STORE)).status, 201);

  const store = (
    await admin.post('/services', {
      name: 'Main store',
      type: 'database',
      config: { nomad_job_file: 'store.nomad', custom_variables: { KEY: SECRET }, update },
    })
  ).body;
  const environment = {
    URL: '{{service.Main store.connection_string}}',
    AT: 'tcp://{{service.main-store.host}}:{{service.main-store.port}}?{{other}}',
  };
  const app = {
    image: 'web:1',
    update,
    environment,
    args: ['/bin/busybox', 'sh', '-c', 'echo "$URL $AT"; busybox wget -qO- "$URL"; exec busybox sleep 1000'],
  };
  const refused = await admin.post('/services', {
    name: 'app',
    type: 'app',
    config: { ...app, environment: { URL: '{{service.nothing.host}}' } },
  });
  t.equal(refused.status, 400);
  t.match(refused.text, /config\.environment\.URL: the tenant has no service nothing/);
  const misspelt = await admin.post('/services', {
    name: 'app',
    type: 'app',
    config: { ...app, environment: { URL: '{{service.main-store.connection}}' } },
  });
  t.match(
    misspelt.text,
    /must be \{\{service\.NAME\.PART\}\} with one of the parts connection_string, host, port/,
  );

  // The process of a task needs the port on the node, which is known only while the service runs.
  const tasks = await TaskAccount.logIn(server.api, 'admin', PASSWORD);
  const task = await tasks.create({
    name: 'reads',
    command: 'echo "$URL"',
    environment: { URL: environment.URL },
  });
  const early = await tasks.is(task.id, (await tasks.trigger(task.id)).id, 'failed');
  t.match(JSON.stringify(early), /environment variable URL: service Main store is not running/);

  await admin.post(`/services/${store.id}/start`);
  t.match(await admin.settled(store.id, 1), { status: 'completed' });
  const { id } = (await admin.post('/services', { name: 'app', type: 'app', config: app })).body;
  await admin.post(`/services/${id}/start`);
  t.match(await admin.settled(id, 1), { status: 'completed' });
  const secret = encodeURIComponent(SECRET);
  const lines = await eventually(
    async () => {
      const { logs } = await admin.get<{ logs: string[] }>(`/services/${id}/logs`);
      return logs.includes('served') ? logs : undefined;
    },
    { what: 'the page of the store, read by another container' },
  );
  t.equal(lines[0], `http://user:${secret}@main-store:80/ tcp://main-store:80?{{other}}`);

  const late = await tasks.is(task.id, (await tasks.trigger(task.id)).id, 'success');
  const { connection_string: shown = '' } = await admin.get(`/services/${store.id}`);
  t.match(late, { output: `${shown}\n` }, 'a process gets the address that people see');

  for (const { type, data } of await readRecorded(server))
    t.notMatch(Buffer.from(data).toString(), new RegExp(`main-store:80|${secret}`), type);
  await invariantsHold(t, server);
});
