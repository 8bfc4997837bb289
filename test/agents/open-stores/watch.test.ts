import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { codedLog } from '#agents/platform/log.js';
import { OpenStoreWatch, whoseAccess, type WhoseAccess } from '#agents/open-stores/watch.js';
import { dockerdMissing, startDockerd } from '../../fixtures/dockerd.js';
import { eventually, PATIENCE } from '../../fixtures/eventually.js';
import { canBeOthers } from '../../fixtures/other-user.js';
import { Program } from '../../fixtures/program.js';
import { required } from '../../fixtures/requirement.js';
import { servedStore } from '../../fixtures/wire-server.js';
import { logger } from '../../src/fleet/nodes/cluster.js';
import { UNSET } from '../support/settings.js';

t.setTimeout(60_000 * PATIENCE);

const life = new AbortController();
t.teardown(() => life.abort());

const watch = (
  parts: readonly string[],
  first = 340_000,
  of: WhoseAccess = { processes: true, containers: false },
) =>
  new OpenStoreWatch({
    parts: () => parts,
    uids: { first, last: first + 999 },
    of,
    clock: systemClock,
    log: codedLog(logger),
    life: life.signal,
  });

void t.test('lists a store as long as it is open, and reports each change once', async (t) => {
  if (!required(t, canBeOthers(), 'root, setpriv')) return;
  const { server } = await servedStore(t, { localAccess: 'open' });
  const { port } = new URL(server.url.replace('esdb:', 'http:'));
  const parts = [`esdb://127.0.0.1:${port}`, 'mongodb://127.0.0.1:1', 'http://127.0.0.1:2'];
  const stores = watch(parts);
  t.ok(await stores.look(), 'the first check reports a change');
  t.same(stores.open, [`EventStoreDB at 127.0.0.1:${port}`]);
  t.notOk(await stores.look(), 'the second check reports no change');
  parts.shift();
  t.ok(await stores.look());
  t.same(stores.open, []);
});

/** Accepts any client, as NATS would. */
const LISTENER = `
const { createServer } = require('node:net');
const server = createServer((socket) => {
  socket.on('error', () => undefined).write('INFO {}\\r\\n');
  socket.on('data', () => socket.write('PONG\\r\\n'));
});
server.listen(0, process.argv[1] ?? '127.0.0.1', () => console.log(server.address().port));
`;

void t.test('ignores a tenant that listens on the port of a store', async (t) => {
  if (!required(t, canBeOthers(), 'root, setpriv')) return;
  const uid = 340_123;
  const command = {
    command: 'setpriv',
    args: [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', process.execPath, '-e', LISTENER],
  };
  const listener = Program.start(command);
  t.teardown(() => listener.end('SIGKILL'));
  const port = await eventually(() => listener.stdout[0], { what: 'a listener' });
  const parts = [`nats://127.0.0.1:${port}`];
  const [tenants, others] = [watch(parts), watch(parts, 350_000)];
  await tenants.look();
  t.same(tenants.open, []);
  await others.look();
  t.same(others.open, [`NATS at 127.0.0.1:${port}`]);
});

void t.test(
  "for containers, checks the machine's addresses but not loopback",
  { skip: dockerdMissing() ?? false },
  async (t) => {
    const daemon = await startDockerd();
    t.teardown(() => daemon.stop());
    await daemon.importImage('busybox');
    const listener = (host: string): Program => {
      const program = Program.start({ command: process.execPath, args: ['-e', LISTENER, host] });
      t.teardown(() => program.end('SIGKILL'));
      return program;
    };
    const [everywhere, loopback] = await Promise.all(
      [listener('0.0.0.0'), listener('127.0.0.1')].map(
        async ({ stdout }) => await eventually(() => stdout[0], { what: 'a listener' }),
      ),
    );
    const Name = 'tenant';
    await daemon.docker.createNetwork({ Name, Driver: 'bridge' });
    const [{ Gateway = '' } = {}] = (await daemon.docker.getNetwork(Name).inspect()).IPAM?.Config ?? [];
    // The bridge is up only while it has a container.
    const idle = { Image: 'busybox', Cmd: ['sleep', '600'], HostConfig: { NetworkMode: Name } };
    await (await daemon.docker.createContainer(idle)).start();
    const said = async (port: string | undefined): Promise<string> => {
      const container = await daemon.docker.createContainer({
        Image: 'busybox',
        Cmd: ['sh', '-c', `nc -w 3 ${Gateway} ${port} </dev/null`],
        Tty: true,
        HostConfig: { NetworkMode: Name },
      });
      await container.start();
      await container.wait();
      return (await container.logs({ stdout: true, stderr: true })).toString();
    };
    const containers = { processes: false, containers: true };
    for (const host of ['127.0.0.1', Gateway]) {
      const stores = watch(
        [`nats://${host}:${everywhere}`, `nats://127.0.0.1:${loopback}`],
        340_000,
        containers,
      );
      t.ok(await stores.look());
      t.ok(stores.openToContainers.includes(`NATS at ${Gateway}:${everywhere}`), `configured as ${host}`);
      t.notMatch(stores.openToContainers.join(), /127\.0\.0\.1/);
      t.notMatch(stores.openToContainers.join(), `:${loopback}`);
      t.same(stores.open, []);
    }
    t.match(await said(everywhere), 'INFO', 'a container reaches the listener on all addresses');
    t.notMatch(await said(loopback), 'INFO', 'a container does not reach the loopback listener');
  },
);

void t.test('checks only the access that the settings do not allow', (t) => {
  const asked = (
    options: Partial<Parameters<typeof whoseAccess>[0]>,
    separation: 'separate' | 'shared' | 'none',
  ) => whoseAccess({ ...UNSET, ...options }, { separation });
  t.same(asked({}, 'separate'), { processes: true, containers: true });
  t.same(asked({}, 'shared'), { processes: false, containers: true });
  t.same(asked({ containersReachOpenStores: true }, 'separate'), { processes: true, containers: false });
  t.same(asked({ tenantsReachOpenStores: true }, 'separate'), { processes: false, containers: false });
  t.same(asked({ tenantsShareAgentUser: true }, 'shared'), { processes: false, containers: false });
  t.end();
});
