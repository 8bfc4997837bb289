import t from 'tap';
import { containerScene } from '../fixtures/container-scene.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { muster } from '../fixtures/program.js';
import { ServicesUser } from '../fixtures/services-user.js';

t.setTimeout(600_000 * PATIENCE);

/** Records the new value, waits as long as there is a file `wait`, and exits with the code in `code`. */
const STEP =
  'echo "$MUSTER_NEW_VALUE" >> /tmp/values; while [ -e /tmp/wait ]; do sleep 0.2; done; exit "$(cat /tmp/code)"';

interface Answer {
  readonly status: number;
  readonly text: string;
}

void t.test('a rotation that meets limits and other changes', async (t) => {
  const scene = await containerScene(t, {
    images: { 'busybox:1': [] },
    serverEnv: { MUSTER_ADMIN_PASSWORD: 'password123' },
  });
  if (scene === undefined) return;
  const { dockerd, server } = scene;
  const admin = await ServicesUser.logIn(server.api, 'admin', 'password123');
  const added = await admin.post('/templates', {
    name: 'app',
    type: 'app',
    config: {
      image: 'busybox:1',
      args: ['sh', '-c', 'echo 0 > /tmp/code; sleep 1000'],
      kill_timeout: 1,
      environment: { KEY: '{{KEY}}' },
    },
    variables: [
      {
        name: 'KEY',
        type: 'string',
        description: '',
        initial: true,
        generate: 'hex',
        rotate: ['sh', '-c', STEP],
      },
    ],
  });
  t.equal(added.status, 201, added.text);
  const cleo = await ServicesUser.register(server.api, 'cleo');
  const config = {
    nomad_job_file: 'app.nomad',
    update: { min_healthy_seconds: 1 },
    custom_variables: { KEY: 'first-value' },
  };
  const { id } = (await cleo.post('/services', { name: 'app', type: 'app', config })).body;
  t.equal((await cleo.post(`/services/${id}/start`)).status, 200);
  t.match(await cleo.settled(id, 1), { status: 'completed' });

  const inNewest = async (command: string): Promise<string> => {
    const [newest] = await dockerd.docker.listContainers();
    const exec = await dockerd.docker
      .getContainer(newest?.Id ?? '')
      .exec({ Cmd: ['sh', '-c', command], AttachStdout: true, Tty: true });
    let said = '';
    for await (const chunk of await exec.start({ hijack: true, stdin: false, Tty: true }))
      said += String(chunk);
    return said.trim();
  };
  const lastValue = async (): Promise<string> => await inNewest('tail -n 1 /tmp/values');
  const rotate = async (headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    await server.api.post(
      `/api/v1/services/${id}/rotate`,
      { variable: 'KEY' },
      { headers: { ...cleo.headers, ...headers }, timeout: 90_000 * PATIENCE },
    );

  await t.test('over the quota of bytes in the log, no step runs', async (t) => {
    const env = { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: admin.token };
    const shown = await muster(['quota', 'show', '-o', 'json'], { ...env, MUSTER_TOKEN: cleo.token });
    const quotas = JSON.parse(shown.stdout) as { quota: string; of: string; holder: string }[];
    const tenant = quotas.find(({ quota, of }) => quota === 'log_bytes_per_day' && of === 'tenant')?.holder;
    const limit = async (bytes: string): Promise<void> => {
      const set = await muster(['quota', 'set', tenant ?? '', 'log_bytes_per_day', bytes], env);
      t.equal(set.code, 0, set.stderr);
    };
    await limit('1000');
    const refused = await eventually(
      async () => {
        const answer = await rotate({ 'idempotency-key': 'over-quota-1' });
        return answer.status === 429 ? answer : undefined;
      },
      { what: 'the refusal' },
    );
    t.match(refused.text, /log_bytes_per_day/);
    t.equal(await inNewest('cat /tmp/values 2>/dev/null'), '', 'no step ran');
    await limit('1000000000');
  });

  await t.test(
    'a step of unknown outcome is repeated with the same value, whatever else changed',
    async (t) => {
      await inNewest('echo 137 > /tmp/code');
      const killed = await eventually(
        async () => {
          const answer = await rotate();
          return answer.status === 429 ? undefined : answer;
        },
        { what: 'the quota' },
      );
      t.equal(killed.status, 409);
      t.match(killed.text, /may have changed the value.*exit code 137.*Repeat this/);
      const first = await lastValue();
      t.match(first, /^[0-9a-f]{32}$/);
      const changed = await cleo.put(`/services/${id}`, {
        config: { ...config, environment: { COLOUR: 'red' } },
      });
      t.equal(changed.status, 200, changed.text);
      t.match(await cleo.settled(id, 2), { status: 'completed' });
      await eventually(async () => (await dockerd.docker.listContainers()).length === 1);
      await inNewest('echo 3 > /tmp/code');
      t.match(await rotate(), { status: 409, text: /exit code 3/ });
      t.equal(await lastValue(), first);
    },
  );

  await t.test('a second rotation is refused, and a value that changed meanwhile is kept', async (t) => {
    await inNewest('rm /tmp/values; echo 0 > /tmp/code; touch /tmp/wait');
    const container = (await dockerd.docker.listContainers())[0]?.Id ?? '';
    const under = rotate();
    await eventually(async () => (await inNewest('cat /tmp/values 2>/dev/null')) !== '', {
      what: 'the step',
    });
    t.match(await rotate(), { status: 409, text: /another value of this service is being changed/ });
    const forced = await cleo.put(`/services/${id}?force=true`, {
      config: {
        ...config,
        custom_variables: { KEY: 'other-value' },
        update: { min_healthy_seconds: 60 },
      },
    });
    t.equal(forced.status, 200, forced.text);
    const exec = await dockerd.docker.getContainer(container).exec({ Cmd: ['rm', '/tmp/wait'] });
    await exec.start({});
    t.match(await under, { status: 409, text: /another request changed the value at the same time/ });
    t.equal((await cleo.get(`/services/${id}`)).version, 3, 'no version was recorded');
  });
});
