import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { BSON } from 'mongodb';
import t from 'tap';
import { isOpenEventStore } from '#src/stores/eventstoredb/index.js';
import { isOpenMongo } from '#src/stores/mongodb/index.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { FerretDb, mongodbMissing } from '../../../fixtures/ferretdb.js';
import { freePort } from '../../../fixtures/free-port.js';
import { required } from '../../../fixtures/requirement.js';
import { startServer } from '../../../fixtures/server.js';
import { servedStore } from '../../../fixtures/wire-server.js';

t.setTimeout(120_000 * PATIENCE);

const CREDENTIALS = { user: 'muster', password: 'a-password-of-sixteen' };

/** The URL with credentials that a store ignores if it has none. */
const named = (url: string): string =>
  url.replace('esdb://', `esdb://${CREDENTIALS.user}:${CREDENTIALS.password}@`);

void t.test('EventStoreDB is open if it serves reads without a password', async (t) => {
  const open = await servedStore(t);
  const closed = await servedStore(t, { credentials: CREDENTIALS });
  t.equal(await isOpenEventStore(named(open.server.url)), true);
  t.equal(await isOpenEventStore(named(closed.server.url)), false);
  t.equal(await isOpenEventStore(`esdb://a:b@127.0.0.1:${await freePort()}?tls=false`), undefined);
});

void t.test('MongoDB is open if it lists databases without a login', async (t) => {
  const missing = mongodbMissing();
  if (required(t, missing === undefined, missing ?? '')) {
    const ferret = await FerretDb.start(t);
    const url = `mongodb://muster:wrong@127.0.0.1:${ferret.port}/muster?authSource=admin`;
    t.equal(await isOpenMongo(url), true);
    const server = await startServer(t, {
      env: { MUSTER_MONGODB_URL: `mongodb://127.0.0.1:${ferret.port}/muster` },
    });
    const readiness = async () => await (await fetch(`${server.url}/readyz?verbose`)).text();
    await eventually(async () => /MongoDB accepted a client without credentials/.test(await readiness()), {
      timeout: 30_000,
      what: 'readiness that names the open store',
    });
  }
  t.equal(await isOpenMongo(`mongodb://a:b@127.0.0.1:${await freePort()}/muster`), undefined);
});

void t.test('a MongoDB that refuses the login is not open', async (t) => {
  const refusal = { ok: 0, code: 13, errmsg: 'command listDatabases requires authentication' };
  const hello = { ok: 1, isWritablePrimary: true, helloOk: true, maxWireVersion: 21, minWireVersion: 0 };
  const server = createServer((socket) =>
    socket
      .on('error', () => undefined)
      .on('data', (request: Buffer) => {
        const isRefused = request.includes('listDatabases');
        socket.write(reply(request, isRefused ? refusal : hello));
      }),
  ).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  t.equal(await isOpenMongo(`mongodb://muster:secret@127.0.0.1:${port}/muster`), false);
});

/** An OP_MSG, or an OP_REPLY to the OP_QUERY that begins a connection. */
function reply(request: Buffer, document: object): Buffer {
  const isQuery = request.readInt32LE(12) === 2004;
  const rest = isQuery ? Buffer.alloc(20) : Buffer.alloc(5);
  if (isQuery) rest.writeInt32LE(1, 16);
  const body = BSON.serialize(document);
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + rest.length + body.length, 0);
  header.writeInt32LE(request.readInt32LE(4), 8);
  header.writeInt32LE(isQuery ? 1 : 2013, 12);
  return Buffer.concat([header, rest, body]);
}
