import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { containerScene } from '../fixtures/container-scene.js';
import { readEvents } from '../fixtures/event-log.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { ServicesUser } from '../fixtures/services-user.js';

t.setTimeout(600_000);

const PASSWORD = 'password-of-everybody';
/** One of the default `MUSTER_TASK_UIDS`. */
const TENANT_UID = 200_123;
const isRoot = process.geteuid?.() === 0;
/** Listens on the first three of five neighbouring free ports, and writes the first of them. */
const HOLDS_NEIGHBOURS = `
  const { createServer } = require('node:net');
  const hold = (first, held) => {
    if (held.length === 5) {
      held.pop().close(() => held.pop().close(() => console.log(first)));
      return;
    }
    const server = createServer();
    server.once('error', () => { for (const each of held) each.close(); hold(first + held.length + 1, []); });
    server.listen(first + held.length, '0.0.0.0', () => hold(first, [...held, server]));
  };
  hold(24_000, []);
`;
const SERVES = 'CMD ["/bin/busybox", "sleep", "1000"]';

void t.test('a service gets another port if others hold ports of the range', async (t) => {
  const holder = spawn(process.execPath, ['-e', HOLDS_NEIGHBOURS], {
    // As a process of a tenant.
    ...(isRoot && { uid: TENANT_UID, gid: TENANT_UID }),
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => holder.kill('SIGKILL'));
  const [line] = (await once(holder.stdout, 'data')) as [Buffer];
  const first = Number(line.toString());
  const scene = await containerScene(t, {
    images: { 'web:1': [SERVES] },
    serverEnv: {
      MUSTER_ADMIN_PASSWORD: PASSWORD,
      MUSTER_MAX_SERVICES_PER_TENANT: '20',
      MUSTER_PORT_RANGE: `${first}-${first + 4}`,
    },
  });
  if (scene === undefined) return;
  const { dockerd, server } = scene;
  if (dockerd.network) {
    // One more port is held by a container that Muster started for another node id.
    const left = await dockerd.docker.createContainer({
      Image: 'web:1',
      Labels: { 'muster.node': 'former' },
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { PortBindings: { '80/tcp': [{ HostPort: String(first + 3) }] } },
    });
    await left.start();
  }
  const admin = await ServicesUser.logIn(server.api, 'admin', PASSWORD);
  const config = { image: 'web:1', ports: [80], update: { min_healthy_seconds: 0 } };
  const problem = isRoot
    ? / by a process of a tenant$/
    : /: (port is already allocated|address already in use)$/;
  const isTaken = async (): Promise<boolean> => {
    const events = await readEvents(server);
    return (
      events.some(({ type, data }) => type === 'AllocationReleased' && data.takenPort !== undefined) &&
      events.some(({ type, data }) => type === 'AllocationFailed' && problem.test(data.message ?? ''))
    );
  };
  // A service may find the free port at once, depending on its id.
  for (let count = 1; count <= 20 && !(await isTaken()); count += 1) {
    const type = `web-${count}`;
    const { id } = (await admin.post('/services', { name: type, type, config })).body;
    await admin.post(`/services/${id}/start`);
    t.match(await admin.settled(id, 1), { status: 'completed' }, 'runs on the only free port');
    await admin.post(`/services/${id}/stop`);
  }
  t.ok(await isTaken(), 'another port was tried first, and the message says why');
  await server.stop();
  await invariantsHold(t, server);
});
