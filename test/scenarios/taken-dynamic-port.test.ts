import { createServer, type Server } from 'node:net';
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
const SERVES = 'CMD ["/bin/busybox", "sleep", "1000"]';

void t.test('a service gets another port if programs outside Muster hold ports of the range', async (t) => {
  const missing = dockerdMissing();
  if (!required(t, missing === undefined, missing ?? '')) return;
  const dockerd = await startDockerd();
  t.teardown(() => dockerd.stop());
  await dockerd.importImage('web:1', [SERVES]);
  // Four neighbouring ports, three of which are held.
  const holders: Server[] = [];
  for (let first = 24_000; holders.length < 3; first += 1) {
    const holder = createServer();
    const bound = await Promise.race([
      once(holder.listen(first, '0.0.0.0'), 'listening').then(() => true),
      once(holder, 'error').then(() => false),
    ]);
    if (bound) holders.push(holder);
    else for (const each of holders.splice(0)) each.close();
  }
  t.teardown(() => {
    for (const each of holders) each.close();
  });
  const held = holders.map((each) => (each.address() as { readonly port: number }).port);
  const folder = ownFolder(t);
  const server = await startServer(t, {
    dataDir: join(folder, 'server'),
    env: {
      MUSTER_ADMIN_PASSWORD: PASSWORD,
      MUSTER_MAX_SERVICES_PER_TENANT: '20',
      MUSTER_PORT_RANGE: `${held[0]}-${held[2]! + 1}`,
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
  await server.stop();
  await invariantsHold(t, server);
});
