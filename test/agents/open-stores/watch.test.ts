import t from 'tap';
import { systemClock } from '#agents/clock/system-clock.js';
import { codedLog } from '#agents/log.js';
import { OpenStoreWatch } from '#agents/open-stores/watch.js';
import { eventually } from '../../fixtures/eventually.js';
import { canBeOthers } from '../../fixtures/other-user.js';
import { Program } from '../../fixtures/program.js';
import { required } from '../../fixtures/requirement.js';
import { servedStore } from '../../fixtures/wire-server.js';
import { logger } from '../../src/fleet/nodes/cluster.js';

t.setTimeout(60_000);

const life = new AbortController();
t.teardown(() => life.abort());

const watch = (parts: readonly string[], first = 340_000) =>
  new OpenStoreWatch({
    parts: () => parts,
    uids: { first, last: first + 999 },
    clock: systemClock,
    log: codedLog(logger),
    life: life.signal,
  });

void t.test('what is open is named once it is found, and no more once it is gone', async (t) => {
  if (!required(t, canBeOthers(), 'root, setpriv')) return;
  const { server } = await servedStore(t, { localAccess: 'open' });
  const { port } = new URL(server.url.replace('esdb:', 'http:'));
  const parts = [`esdb://127.0.0.1:${port}`, 'mongodb://127.0.0.1:1', 'http://127.0.0.1:2'];
  const stores = watch(parts);
  t.ok(await stores.look(), 'something has changed');
  t.same(stores.open, [`EventStoreDB at 127.0.0.1:${port}`]);
  t.notOk(await stores.look(), 'nothing has');
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
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

void t.test('a tenant that listens where a store could be keeps nobody off the node', async (t) => {
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
