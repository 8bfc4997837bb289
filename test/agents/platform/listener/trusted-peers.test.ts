import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { TrustedPeers } from '#agents/platform/listener/trusted-peers.js';
import { SocketTable, type SocketRow } from '#agents/platform/listener/socket-table.js';
import { eventually } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { canBeOthers, NOBODY, takePort } from '../../../fixtures/other-user.js';
import { required } from '../../../fixtures/requirement.js';

const possible = required(t, canBeOthers(), 'root, and setpriv');

async function connected(t: Test, port: number, host = '127.0.0.1'): Promise<Socket> {
  const socket = connect(port, host);
  t.teardown(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

async function ownListener(t: Test, host: string): Promise<number> {
  const server = createServer((socket) => void socket.on('error', () => undefined)).listen(0, host);
  t.teardown(() => server.close());
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}

void t.test(
  'a program of another user of this machine is refused by name, at every own address',
  async (t) => {
    if (!possible) return;
    for (const host of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '127.0.0.2']) {
      const taken = await takePort(t, { host: host.replace('::ffff:', '') });
      const { port } = taken;
      await t.rejects(new TrustedPeers().check(await connected(t, port, host)), {
        name: 'UntrustedPeerError',
        message:
          /^nobody \(uid 65534\) listens at \S+, so nothing was sent to it\. .*MUSTER_SERVER_USER=nobody/,
      });
      for (const named of ['nobody', String(NOBODY), '*'])
        await t.resolves(
          new TrustedPeers(['missing-user', named]).check(await connected(t, port, host)),
          named,
        );
      await t.rejects(new TrustedPeers(['missing-user', '1234']).check(await connected(t, port, host)));
    }
  },
);

void t.test('programs of root and of the own user are trusted', async (t) => {
  for (const host of ['127.0.0.1', '::1'])
    await t.resolves(new TrustedPeers().check(await connected(t, await ownListener(t, host), host)));
});

void t.test('a connection is judged only once its user has accepted it', async (t) => {
  if (!possible) return;
  const { program, port } = await takePort(t);
  program.child.kill('SIGSTOP');
  const socket = await connected(t, port);
  let settled = false;
  const table = new SocketTable();
  const rows: (SocketRow | undefined)[] = [];
  const read = {
    otherEnd: async (...given: Parameters<SocketTable['otherEnd']>) => {
      rows.push(await table.otherEnd(...given));
      return rows.at(-1);
    },
    listenersAt: async (port: number) => await table.listenersAt(port),
  };
  const checking = new TrustedPeers([], read).check(socket).finally(() => (settled = true));
  checking.catch(() => undefined);
  // Not for a fixed time: the check gives up after five seconds, however slow the machine is.
  await eventually(() => settled || rows.length >= 5, { what: 'several looks at the connection' });
  t.notOk(settled);
  program.child.kill('SIGCONT');
  await t.rejects(checking, /^nobody/);
});

/** A user id for which no machine has a name, which the message would contain. */
const OTHER = 3_999_999_999;

const row = (uid: number, inode: number, established = true): SocketRow => ({ uid, inode, established });

/** Successive reads of the table; the last one repeats. */
function tableOf(listeners: number[], ...rows: (SocketRow | undefined)[]) {
  let reads = 0;
  return {
    otherEnd: async () => rows[Math.min((reads += 1), rows.length) - 1],
    listenersAt: async () => listeners,
  };
}

void t.test('rows of unaccepted, closed and hidden sockets are not trusted', async (t) => {
  const socket = await connected(t, await ownListener(t, '127.0.0.1'));
  const check = async (...[listeners, ...rows]: Parameters<typeof tableOf>) =>
    await new TrustedPeers([], tableOf(listeners, ...rows), 1000).check(socket);
  await t.rejects(
    check([0], row(0, 0), row(0, 9), row(OTHER, 9)),
    /^uid 3999999999 /,
    'accepted while its row was written',
  );
  await t.resolves(check([0], row(0, 0), row(0, 0), row(1000, 9)));
  await t.rejects(check([0], row(0, 0, false)), /closed the connection/);
  // Docker listens on published ports even where the connection goes to the container itself.
  await t.resolves(check([0, 1000], undefined));
  await t.rejects(check([0, OTHER], undefined), /^uid 3999999999 listens at 127\.0\.0\.1:\d+/);
  await t.rejects(check([], undefined), /no program of this network namespace.*MUSTER_SERVER_USER=\*/);
});

void t.test('a Unix socket is trusted by the owner of its file and folder', async (t) => {
  if (!possible) return;
  const folder = join(ownFolder(t), 'run');
  mkdirSync(folder, { mode: 0o755 });
  const file = join(folder, 'server.sock');
  const server = createServer().listen(file);
  t.teardown(() => server.close());
  await once(server, 'listening');
  const check = async (...named: string[]) => await new TrustedPeers(named).checkFile(file);
  await t.resolves(check());
  chmodSync(folder, 0o777);
  await t.rejects(check(), /other users may replace the socket/);
  chmodSync(folder, 0o1777);
  await t.resolves(check());
  chownSync(file, NOBODY, NOBODY);
  await t.rejects(check(), /^nobody \(uid 65534\) listens at .*server\.sock, so nothing was sent to it/);
  await t.resolves(check('nobody'));
  chownSync(folder, NOBODY, NOBODY);
  chownSync(file, 0, 0);
  await t.rejects(check(), /^nobody \(uid 65534\) owns the folder/);
});
