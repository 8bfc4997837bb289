import { once } from 'node:events';
import { connect, createServer, Socket } from 'node:net';
import { userInfo } from 'node:os';
import t, { type Test } from 'tap';
import { effectiveAccess, LocalConnections, type LocalAccess } from '#agents/platform/listener/index.js';
import type { SocketRow } from '#agents/platform/listener/socket-table.js';

/** Successive reads of the table; the last one repeats. */
function tableOf(...rows: (SocketRow | undefined)[]) {
  let reads = 0;
  const otherEnd = async (): Promise<SocketRow | undefined> => rows[Math.min((reads += 1), rows.length) - 1];
  return { otherEnd, reads: () => reads };
}

async function accepted(t: Test): Promise<Socket> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as { port: number }).port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  t.teardown(() => {
    client.destroy();
    socket.destroy();
    server.close();
  });
  return socket;
}

void t.test('identifies root and its own user as the operator, with one lookup', async (t) => {
  const socket = await accepted(t);
  for (const [uid, own, expected] of [
    [0, 1000, true],
    [1000, 1000, true],
    [1001, 1000, false],
    [65_534, 0, false],
    [0, 0, true],
  ] as const) {
    const table = tableOf({ uid, inode: 7, established: true });
    const local = new LocalConnections('same-user', table, own);
    t.equal(await local.isOperator(socket), expected, `uid ${uid} connected to a process of uid ${own}`);
    const reads = table.reads();
    t.equal(local.isOperator(socket), expected, 'the result is cached and synchronous');
    if (expected) t.equal(local.userOf(socket), uid === 0 ? 'root' : userInfo().username);
    t.equal(table.reads(), reads);
  }
});

void t.test(
  "does not treat an abandoned socket as root's, although the kernel lists it with uid 0",
  async (t) => {
    const socket = await accepted(t);
    for (const rows of [
      [{ uid: 0, inode: 0, established: true }],
      [
        { uid: 0, inode: 9, established: true },
        { uid: 0, inode: 0, established: true },
      ],
      [{ uid: 0, inode: 9, established: true }, undefined],
      [undefined],
    ]) {
      t.equal(
        await new LocalConnections('same-user', tableOf(...rows), 1000).isOperator(socket),
        false,
        JSON.stringify(rows),
      );
    }
    t.equal(
      await new LocalConnections(
        'same-user',
        tableOf(undefined, { uid: 1000, inode: 9, established: true }),
        1000,
      ).isOperator(socket),
      true,
      'a row that the first read missed is found by the next one',
    );
    t.equal(
      await new LocalConnections(
        'same-user',
        { otherEnd: () => Promise.reject(new Error('gone')) },
        1000,
      ).isOperator(socket),
      false,
      'a connection is unknown if the table cannot be read',
    );
  },
);

void t.test('treats everyone as the operator with `open`, and no one with `token`', async (t) => {
  const socket = await accepted(t);
  const table = tableOf({ uid: 1001, inode: 7, established: true });
  for (const [access, expected] of [
    ['open', true],
    ['token', false],
  ] as const satisfies readonly (readonly [LocalAccess, boolean])[]) {
    t.equal(effectiveAccess(access), access);
    t.equal(new LocalConnections(access, table, 1000).isOperator(socket), expected);
  }
  t.equal(table.reads(), 0);
});
