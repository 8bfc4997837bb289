import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { containerScene } from '../fixtures/container-scene.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { muster, runToEnd, MUSTER } from '../fixtures/program.js';
import { importPostgresql, PSQL, serverImagesMissing } from '../fixtures/server-images.js';
import { ServicesUser } from '../fixtures/services-user.js';

t.setTimeout(600_000 * PATIENCE);

const run = promisify(execFile);

interface Shown {
  readonly version: number;
  readonly connection_string: string | null;
}

void t.test('the password of a database is changed in the program, then in the service', async (t) => {
  const scene = await containerScene(t, { missing: serverImagesMissing() });
  if (scene === undefined) return;
  const { dockerd, folder, server } = scene;
  await importPostgresql(dockerd);
  const cleo = await ServicesUser.register(server.api, 'cleo');
  const config = {
    nomad_job_file: 'postgresql.nomad',
    update: { min_healthy_seconds: 1 },
    custom_variables: { DB_USER: 'shop owner', DB_PASSWORD: 'first-secret-1' },
  };
  const made = await cleo.post('/services', { name: 'orders', type: 'database', config });
  t.equal(made.status, 201, made.text);
  const { id } = made.body;
  const shown = async (): Promise<Shown> => await cleo.get<Shown>(`/services/${id}`);
  const stopped = await cleo.post(`/services/${id}/rotate`, { variable: 'DB_PASSWORD' });
  t.match([stopped.status, stopped.text], [400, /Service is not running/]);
  t.equal((await cleo.post(`/services/${id}/start`)).status, 200);
  t.match(await cleo.settled(id, 1), { status: 'completed' });
  const sql = async (connection: string | null, words: string): Promise<string> =>
    (
      await run(PSQL, ['-XAtq', '-d', connection ?? '', '-c', words], { timeout: 20_000 * PATIENCE })
    ).stdout.trim();
  const first = (await shown()).connection_string;
  await sql(first, 'CREATE TABLE lines (line text)');

  const refused = await cleo.put(`/services/${id}`, {
    config: { ...config, custom_variables: { ...config.custom_variables, DB_PASSWORD: 'second-secret-2' } },
  });
  t.match([refused.status, refused.text], [409, /muster service rotate orders DB_PASSWORD/]);
  const none = await cleo.post(`/services/${id}/rotate`, { variable: 'DB_NAME', value: 'x' });
  t.match(
    [none.status, none.text],
    [
      400,
      /no rotate step for DB_NAME; it has some for DB_PASSWORD\. Change it in the program \(ALTER DATABASE/,
    ],
  );

  await sql(first, 'ALTER SYSTEM SET log_min_duration_statement = 0');
  await sql(first, 'ALTER SYSTEM SET log_transaction_sample_rate = 1');
  await sql(first, 'SELECT pg_reload_conf()');
  await eventually(async () => (await sql(first, 'SHOW log_min_duration_statement')) === '0', {
    what: 'the log of all statements',
  });

  const env = { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: cleo.token };
  const second = `it's "second" $secret`;
  const typed = await runToEnd({
    command: process.execPath,
    args: [MUSTER, 'service', 'rotate', 'orders', 'DB_PASSWORD', '--value'],
    env,
    input: second,
  });
  t.equal(typed.code, 0, typed.stderr);
  t.match(typed.stdout, /DB_PASSWORD was changed in the program \(new version: 2\)/);
  t.match(await cleo.settled(id, 2), { status: 'completed', because: 'rotated' });
  const written = await muster(['service', 'logs', 'orders', '--deployment', '1'], env);
  t.match(written.stdout, /duration: /, 'statements are logged');
  t.notMatch(written.stdout, /ALTER USER|\$secret/, 'but not the new password');
  await eventually(async () => await sql((await shown()).connection_string, 'SELECT count(*) FROM lines'), {
    what: 'the connection string with the new password',
    timeout: 30_000,
  });
  await t.rejects(sql(first, 'SELECT 1'), /password authentication failed/, 'the former one is refused');

  const generated = await muster(['service', 'rotate', 'orders', 'DB_PASSWORD'], env);
  t.equal(generated.code, 0, generated.stderr);
  const { connection_string: third } = await shown();
  t.notMatch(third, encodeURIComponent(second));
  await eventually(async () => await sql((await shown()).connection_string, 'SELECT count(*) FROM lines'), {
    what: 'the connection string with the generated password',
    timeout: 30_000,
  });
  t.match(await cleo.settled(id, 3), { status: 'completed', because: 'rotated' });

  const versions = await muster(['service', 'versions', 'orders'], env);
  t.match(versions.stdout, /rotated/);
  const recorded = await muster(['events', '--category', 'command', '-o', 'json'], {
    MUSTER_SERVER_URL: server.url,
  });
  t.match(recorded.stdout, /TaskCommandStarted/, 'who ran the step is recorded');
  const password = new URL(third ?? '').password;
  for (const secret of ['first-secret-1', second, password])
    for (const file of filesBelow(join(folder, 'server')))
      t.notOk(readFileSync(file).includes(secret), `${file} has no secret`);
  await invariantsHold(t, server);
});

void t.test('a restored database and its connection string have the same password', async (t) => {
  const scene = await containerScene(t, { missing: serverImagesMissing() });
  if (scene === undefined) return;
  const { dockerd, folder, server } = scene;
  await importPostgresql(dockerd);
  const cleo = await ServicesUser.register(server.api, 'cleo');
  const config = { nomad_job_file: 'postgresql.nomad', update: { min_healthy_seconds: 1 } };
  const { id } = (await cleo.post('/services', { name: 'orders', type: 'database', config })).body;
  const env = { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: cleo.token };
  const done = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await muster([...args], env);
    t.equal(code, 0, stderr);
    return stdout;
  };
  const copy = async (kind: 'backup' | 'restore', day: string, ...more: readonly string[]) => {
    const file = join(folder, `${day}.tar`);
    // The container ends some time after its service is stopped.
    return await eventually(async () => {
      const said = await muster(['volume', kind, 'orders/data', '--file', file, ...more], env);
      return said.code === 0 ? said.stdout : undefined;
    });
  };
  const isIn = async (): Promise<string> => {
    const { connection_string: connection } = await cleo.get<Shown>(`/services/${id}`);
    return (await run(PSQL, ['-XAtq', '-d', connection ?? '', '-c', 'select 1'])).stdout.trim();
  };
  await done('service', 'start', 'orders');
  await done('service', 'stop', 'orders');
  await copy('backup', 'monday');
  await done('service', 'start', 'orders');
  await done('service', 'rotate', 'orders', 'DB_PASSWORD');
  await done('service', 'update', 'orders', '--', 'postgres', '-c', 'max_connections=17');
  await done('service', 'stop', 'orders');
  await copy('backup', 'tuesday');
  t.notMatch(await copy('restore', 'tuesday', '--yes'), 'Values', 'it was made after the rotation');
  t.equal((await cleo.get<Shown>(`/services/${id}`)).version, 3);
  await done('service', 'start', 'orders');
  t.equal(await isIn(), '1');
  await done('service', 'stop', 'orders');
  t.match(
    await copy('restore', 'monday', '--yes'),
    /^Values +DB_PASSWORD as at the time of the backup, also in the connection string \(version 4 of the service\)$/m,
  );
  t.notMatch(await done('service', 'start', 'orders'), 'Values');
  t.equal(await isIn(), '1');
  t.match(await done('service', 'show', 'orders', '-o', 'json'), '"max_connections=17"');
  await done('service', 'stop', 'orders');
  t.match(JSON.parse(await copy('restore', 'tuesday', '--yes', '-o', 'json')), {
    values: { version: 5, names: ['DB_PASSWORD'] },
  });
  await done('service', 'start', 'orders');
  t.equal(await isIn(), '1');
  await invariantsHold(t, server);
});

void t.test('a step that fails changes nothing, and its reason has no secret', async (t) => {
  const scene = await containerScene(t, {
    images: { 'busybox:1': [] },
    serverEnv: { MUSTER_ADMIN_PASSWORD: 'password123' },
  });
  if (scene === undefined) return;
  const { dockerd, server } = scene;
  const step =
    '[ "$MUSTER_OLD_VALUE" != "$MUSTER_NEW_VALUE" ] && case $MUSTER_NEW_VALUE in bad*) echo "not $MUSTER_NEW_VALUE, but $MUSTER_OLD_VALUE" >&2; exit 3;; esac; cat /proc/*/cmdline > /data/words; echo "$MUSTER_NEW_VALUE" > /data/value';
  const template = {
    name: 'app',
    type: 'app',
    config: {
      image: 'busybox:1',
      args: ['sh', '-c', 'sleep 1000'],
      kill_timeout: 1,
      volumes: [{ name: 'data', path: '/data' }],
      environment: { KEY: '{{KEY}}' },
    },
    variables: [{ name: 'KEY', type: 'string', description: '', initial: true, rotate: ['sh', '-c', step] }],
  };
  const admin = await ServicesUser.logIn(server.api, 'admin', 'password123');
  const added = await admin.post('/templates', template);
  t.equal(added.status, 201, added.text);
  const cleo = await ServicesUser.register(server.api, 'cleo');
  const config = { nomad_job_file: 'app.nomad', custom_variables: { KEY: 'the-bad-value' } };
  const { id } = (await cleo.post('/services', { name: 'app', type: 'app', config })).body;
  t.equal((await cleo.post(`/services/${id}/start`)).status, 200);
  await cleo.settled(id, 1);
  const missingValue = await cleo.post(`/services/${id}/rotate`, { variable: 'KEY' });
  t.match([missingValue.status, missingValue.text], [400, /value: is required: the template generates no/]);
  const refused = await cleo.post(`/services/${id}/rotate`, { variable: 'KEY', value: 'bad-value' });
  t.match([refused.status, refused.text], [409, /failed with exit code 3: not \*\*\*, but \*\*\*\./]);
  t.notMatch(refused.text, 'bad-value');
  t.equal((await cleo.get(`/services/${id}`)).version, 1);
  const good = await cleo.post(`/services/${id}/rotate`, { variable: 'KEY', value: 'good-value' });
  t.equal(good.status, 200, good.text);
  t.match(await cleo.settled(id, 2), { status: 'completed', because: 'rotated' });
  const [container] = await dockerd.docker.listContainers();
  const exec = await dockerd.docker
    .getContainer(container?.Id ?? '')
    .exec({ Cmd: ['cat', '/data/value', '/data/words'], AttachStdout: true });
  const stream = await exec.start({ hijack: true });
  let said = '';
  for await (const chunk of stream) said += String(chunk);
  t.match(said, 'good-value\n');
  t.equal(said.split('good-value').length, 2, 'no argument of a process had the value');
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}
