import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { dockerdMissing, startDockerd } from '../fixtures/dockerd.js';
import { readEvents } from '../fixtures/event-log.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';
import { ServicesUser } from '../fixtures/services-user.js';

t.setTimeout(600_000);

const PASSWORD = 'password-of-everybody';
/** One of the default `MUSTER_TASK_UIDS`. */
const TENANT_UID = 200_123;
const isRoot = process.geteuid?.() === 0;
/** Listens on three neighbouring ports, and writes the first of them. */
const HOLDS_NEIGHBOURS = `
  const { createServer } = require('node:net');
  const hold = (first, held) => {
    if (held.length === 3) return console.log(first);
    const server = createServer();
    server.once('error', () => { for (const each of held) each.close(); hold(first + held.length + 1, []); });
    server.listen(first + held.length, '0.0.0.0', () => hold(first, [...held, server]));
  };
  hold(24_000, []);
`;
const SERVES = 'CMD ["/bin/busybox", "sleep", "1000"]';

void t.test(
  'a service gets another port if other processes of the node hold ports of the range',
  async (t) => {
    const missing = dockerdMissing();
    if (!required(t, missing === undefined, missing ?? '')) return;
    const dockerd = await startDockerd();
    t.teardown(() => dockerd.stop());
    await dockerd.importImage('web:1', [SERVES]);
    // Four neighbouring ports, three of which are held, as by a process of a tenant.
    const holder = spawn(process.execPath, ['-e', HOLDS_NEIGHBOURS], {
      ...(isRoot && { uid: TENANT_UID, gid: TENANT_UID }),
      cwd: '/',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.teardown(() => holder.kill('SIGKILL'));
    const [line] = (await once(holder.stdout, 'data')) as [Buffer];
    const first = Number(line.toString());
    const folder = ownFolder(t);
    const server = await startServer(t, {
      dataDir: join(folder, 'server'),
      env: {
        MUSTER_ADMIN_PASSWORD: PASSWORD,
        MUSTER_MAX_SERVICES_PER_TENANT: '20',
        MUSTER_PORT_RANGE: `${first}-${first + 3}`,
      },
    });
    await startAgent(t, server, { dataDir: join(folder, 'agent'), env: { DOCKER_HOST: dockerd.host } });
    const admin = await ServicesUser.logIn(server.api, 'admin', PASSWORD);
    const config = { image: 'web:1', ports: [80], update: { min_healthy_seconds: 0 } };
    const isTaken = async (): Promise<boolean> =>
      (await readEvents(server)).some(
        ({ type, data }) => type === 'AllocationReleased' && data.takenPort !== undefined,
      );
    // A service may find the free port at once, depending on its id.
    for (let count = 1; count <= 20 && !(await isTaken()); count += 1) {
      const type = `web-${count}`;
      const { id } = (await admin.post('/services', { name: type, type, config })).body;
      await admin.post(`/services/${id}/start`);
      t.match(await admin.settled(id, 1), { status: 'completed' }, 'runs on the only free port');
      await admin.post(`/services/${id}/stop`);
    }
    t.ok(await isTaken(), 'another port was tried first');
    const messages = (await readEvents(server)).map(({ type, data }) =>
      type === 'AllocationFailed' ? data.message : null,
    );
    const message = messages.find((each) => each !== null);
    t.match(message, /^task \S+: port \d+: (port is already allocated|address already in use)/);
    if (isRoot) t.match(message, / by a process of a tenant$/);
    await server.stop();
    await invariantsHold(t, server);
  },
);
