import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import t from 'tap';
import { findRow, SocketTable } from '#agents/platform/listener/socket-table.js';

/** The socket tables of IPv4 and IPv6, as Linux shows them on a little-endian machine. */
const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12345 1 0000000000000000 100 0 0 10 0
   1: 0100007F:C001 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 23456 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:1F90 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 34567 1 0000000000000000 20 4 30 10 -1
   3: 0100007F:C002 0100007F:1F90 06 00000000:00000000 03:00001763 00000000     0        0 0 3 0000000000000000
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0000000000000000FFFF00000100007F:C003 0000000000000000FFFF00000100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 45678 1 0000000000000000 20 4 30 10 -1
   1: 00000000000000000000000001000000:C004 00000000000000000000000001000000:1F90 01 00000000:00000000 00:00000000 00000000  1002        0 56789 1 0000000000000000 20 4 30 10 -1
`;

void t.test('finds the socket of a connection over IPv4, IPv6 and IPv4-mapped IPv6', async (t) => {
  const find = (address: string, port: number) => findRow(TABLE, { address, port }, { address, port: 8080 });
  t.same(find('127.0.0.1', 0xc001), { uid: 1000, inode: 23456, established: true });
  t.same(find('::ffff:127.0.0.1', 0xc001), { uid: 1000, inode: 23456, established: true });
  t.same(find('127.0.0.1', 0xc003), { uid: 1001, inode: 45678, established: true });
  t.same(find('::1', 0xc004), { uid: 1002, inode: 56789, established: true });
  t.same(
    find('127.0.0.1', 0xc002),
    { uid: 0, inode: 0, established: false },
    'an abandoned socket has no inode',
  );
  t.equal(find('127.0.0.1', 0xc005), undefined);
  t.equal(find('127.0.0.2', 0xc001), undefined);
});

void t.test('returns the users that listen on a port', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  t.same(await new SocketTable().listenersAt(port), [process.geteuid?.()]);
  server.close();
  await once(server, 'close');
  t.same(await new SocketTable().listenersAt(port), []);
});

void t.test('attributes connections of this process to its user', async (t) => {
  const table = new SocketTable();
  for (const [listen, to] of [
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
    ['127.0.0.1', '::ffff:127.0.0.1'],
  ] as const) {
    const server = createServer().listen(0, listen);
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const clients = Array.from({ length: 20 }, () => connect(port, to));
    const ends: Socket[] = [];
    server.on('connection', (socket: Socket) => ends.push(socket));
    await Promise.all(clients.map((client) => once(client, 'connect')));
    while (ends.length < clients.length) await once(server, 'connection');
    const rows = await Promise.all(ends.map((end) => table.otherEnd(end)));
    for (const row of rows) {
      t.equal(row?.uid, process.geteuid?.(), `${listen} from ${to}`);
      t.ok((row?.inode ?? 0) > 0);
    }
    for (const socket of [...clients, ...ends]) socket.destroy();
    server.close();
  }
});
