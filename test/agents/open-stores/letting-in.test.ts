import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { ReadReq } from '#src/engine/event-store/esdb/wire-stubs.js';
import { askAsUser } from '#agents/open-stores/ask-as-user.js';
import { letsInClients, READ } from '#agents/open-stores/letting-in.js';
import type { StorePlace } from '#agents/open-stores/store-place.js';
import { startEventStoreProcess } from '../../fixtures/event-store-process.js';
import { eventually, PATIENCE } from '../../fixtures/eventually.js';
import { FerretDb, mongodbMissing } from '../../fixtures/ferretdb.js';
import { ownFolder } from '../../fixtures/folder.js';
import { freePort } from '../../fixtures/free-port.js';
import { onEachNats } from '../../fixtures/nats-scene.js';
import { NatsServer } from '../../fixtures/nats-server.js';
import { canBeOthers, NOBODY } from '../../fixtures/other-user.js';
import { Program } from '../../fixtures/program.js';
import { required } from '../../fixtures/requirement.js';
import { selfSigned } from '../../fixtures/self-signed.js';
import { servedStore } from '../../fixtures/wire-server.js';

t.setTimeout(120_000 * PATIENCE);

const at = (kind: StorePlace['kind'], port: number): StorePlace => ({ kind, host: '127.0.0.1', port });
const portOf = (url: string): number => Number(new URL(url.replace('esdb:', 'http:')).port);
const never = new AbortController().signal;

onEachNats(t, 'counts NATS as open without users or with a default user', async (t, binary) => {
  const [open, closed] = await Promise.all([
    NatsServer.start(t, { binary, open: true }),
    NatsServer.start(t, { binary }),
  ]);
  t.ok(await letsInClients(at('NATS', open.port)));
  t.notOk(await letsInClients(at('NATS', closed.port)));
  const port = await freePort();
  const { certFile: cert, keyFile: key } = selfSigned(t);
  const configuration = join(ownFolder(t), 'nats.conf');
  const users = 'accounts { A { users: [ { user: a, password: b } ] } }\n';
  for (const [rest, lets] of [
    [`${users}no_auth_user: a\n`, true],
    [`tls { cert_file: "${cert}", key_file: "${key}" }\n`, true],
    [`${users}tls { cert_file: "${cert}", key_file: "${key}" }\n`, false],
  ] as const) {
    writeFileSync(configuration, `listen: "127.0.0.1:${port}"\n${rest}`);
    const program = Program.start({ command: binary.path, args: ['-c', configuration] });
    t.teardown(() => program.end('SIGKILL'));
    await eventually(() => /Server is ready/.test(program.tail()), { what: 'nats-server' });
    t.equal(await letsInClients(at('NATS', port)), lets, rest);
    await program.end('SIGKILL');
  }
  t.notOk(await letsInClients(at('NATS', port)), 'a port without a listener does not count as open');
});

void t.test('counts EventStoreDB as open if it serves reads without a password', async (t) => {
  const open = await servedStore(t);
  const closed = await servedStore(t, { credentials: { user: 'muster', password: 'a-password-of-sixteen' } });
  t.ok(await letsInClients(at('EventStoreDB', portOf(open.server.url))));
  t.notOk(await letsInClients(at('EventStoreDB', portOf(closed.server.url))));
  t.equal(READ.readUInt32BE(1), READ.length - 5);
  const options = ReadReq.deserializeBinary(READ.subarray(5)).getOptions();
  t.equal(
    Buffer.from(options?.getStream()?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString(),
    'muster-probe',
  );
});

void t.test('counts a store that trusts its own user as open to the agent, but not to tenants', async (t) => {
  if (!required(t, canBeOthers(), 'root, setpriv')) return;
  const [own, everybody] = await Promise.all([
    startEventStoreProcess(t),
    startEventStoreProcess(t, { env: { MUSTER_LOCAL_ACCESS: 'open' } }),
  ]);
  const places = [at('EventStoreDB', own.port), at('EventStoreDB', everybody.port)];
  t.same(await Promise.all(places.map(letsInClients)), [true, true]);
  t.same(await askAsUser(NOBODY, places, never), [at('EventStoreDB', everybody.port)]);
});

void t.test('counts MongoDB as open if it lists databases without a login', async (t) => {
  const missing = mongodbMissing();
  if (required(t, missing === undefined, missing ?? '')) {
    const ferret = await FerretDb.start(t);
    t.ok(await letsInClients(at('MongoDB', ferret.port)));
  }
  // The response of a mongod with access control: { ok: 0, errmsg: "command listDatabases requires authentication", code: 13 }.
  const message = 'command listDatabases requires authentication';
  const fields = Buffer.concat([
    Buffer.from('\x01ok\0\0\0\0\0\0\0\0\0', 'latin1'),
    Buffer.from(`\x02errmsg\0${String.fromCharCode(message.length + 1)}\0\0\0${message}\0`, 'latin1'),
    Buffer.from('\x10code\0\x0d\0\0\0', 'latin1'),
  ]);
  const answer = Buffer.concat([Buffer.alloc(25), fields, Buffer.from([0])]);
  for (const [value, offset] of [
    [answer.length, 0],
    [2013, 12],
    [fields.length + 5, 21],
  ] as const)
    answer.writeInt32LE(value, offset);
  const server = createServer((socket) =>
    socket.on('error', () => undefined).once('data', () => socket.write(answer)),
  ).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  t.notOk(await letsInClients(at('MongoDB', (server.address() as AddressInfo).port)));
});
