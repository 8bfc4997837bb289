import { once } from 'node:events';
import { connect } from 'node:net';
import { Metadata } from '@grpc/grpc-js';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import t from 'tap';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { startEventStoreProcess } from '../../../fixtures/event-store-process.js';
import { canBeOthers, NOBODY } from '../../../fixtures/other-user.js';
import { muster, Program } from '../../../fixtures/program.js';
import { RawWire, streamRead } from '../../../fixtures/raw-wire.js';
import { required } from '../../../fixtures/requirement.js';
import type { Scope } from '../../../fixtures/scope.js';
import { startServer } from '../../../fixtures/server.js';
import { servedStore } from '../../../fixtures/wire-server.js';

t.setTimeout(300_000 * PATIENCE);
const possible = required(t, canBeOthers(), 'root, and setpriv');
const CREDENTIALS = 'muster:correct-horse-battery';

/** Attempts of another user of the machine with the official client: to read, to append like a server, to append own events, to delete. */
const ATTACK = `
import { Metadata } from '@grpc/grpc-js';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
const client = EventStoreDBClient.connectionString(process.env.STORE);
const tried = async (name, work) => {
  try { await work(); console.log(name, 'done'); }
  catch (error) { console.log(name, error.type ?? error.code ?? 'error', JSON.stringify(error.message ?? '')); }
};
const metadata = { $correlationId: 'c', $causationId: 'c', at: 1, v: 1 };
const submitted = () => jsonEvent({ type: 'JobSubmitted', data: { jobId: 'evil' }, metadata });
await tried('read-all', async () => { for await (const one of client.readAll({ maxCount: 10 })) void one; });
await tried('read-stream', async () => { for await (const one of client.readStream('notes-a', { maxCount: 10 })) void one; });
await tried('append', async () => await client.appendToStream('job-evil', submitted()));
await tried('append-own', async () => await client.appendToStream('notes-evil', jsonEvent({ type: 'Sent', data: {} })));
await tried('append-one-call', async () => await client.appendToStream('job-evil', submitted(), { credentials: { username: 'admin', password: 'changeit' } }));
await tried('delete', async () => await client.deleteStream('notes-a'));
await tried('tombstone', async () => await client.tombstoneStream('notes-a'));
await client.dispose();
`;
const ALL = ['read-all', 'read-stream', 'append', 'append-own', 'append-one-call', 'delete', 'tombstone'];

async function attackAs(uid: number, url: string): Promise<Record<string, string>> {
  const program = Program.start({
    command: 'setpriv',
    args: [
      `--reuid=${uid}`,
      `--regid=${uid}`,
      '--clear-groups',
      process.execPath,
      '--input-type=module',
      '-e',
      ATTACK,
    ],
    env: { STORE: url, HOME: '/', TMPDIR: '/tmp' },
  });
  await program.exited;
  if (program.child.stdout?.closed === false) await once(program.child.stdout, 'close');
  return Object.fromEntries(
    program.stdout.map((line) => [line.split(' ')[0] ?? '', line.split(' ').slice(1).join(' ')]),
  );
}

async function events(t: Scope, url: string): Promise<readonly string[]> {
  const client = EventStoreDBClient.connectionString(url);
  t.teardown(() => client.dispose());
  const found: string[] = [];
  for await (const { event } of client.readAll())
    if (event !== undefined && !event.type.startsWith('$')) found.push(`${event.streamId} ${event.type}`);
  return found;
}

void t.test('lets only root and its own user use muster eventstore on loopback', async (t) => {
  if (!possible) return;
  const store = await startEventStoreProcess(t);
  const own = EventStoreDBClient.connectionString(store.url);
  t.teardown(() => own.dispose());
  await own.appendToStream('notes-a', jsonEvent({ type: 'Sent', data: {} }));
  const said = await attackAs(NOBODY, store.url);
  t.same(Object.keys(said), ALL);
  for (const [what, answer] of Object.entries(said)) t.match(answer, /access-denied/, what);
  t.same(await events(t, store.url), ['notes-a Sent']);
  t.match((await attackAs(0, store.url))['append'], /done/, 'root has access');
});

void t.test('requires credentials of every user, even root, if they are set', async (t) => {
  if (!possible) return;
  const store = await startEventStoreProcess(t, { env: { MUSTER_EVENTSTORE_CREDENTIALS: CREDENTIALS } });
  for (const uid of [0, NOBODY])
    for (const answer of Object.values(await attackAs(uid, store.url)))
      t.match(answer, /access-denied/, `user ${uid}`);
  const sent = new Metadata();
  sent.set('authorization', `Basic ${Buffer.from(CREDENTIALS).toString('base64')}`);
  t.match(await new RawWire(t, store.port, sent).appended('notes-a', 'any', [{}]), /^\d+@/);
});

void t.test("checks which user connects to a running server's log", async (t) => {
  if (!possible) return;
  const server = await startServer(t, { env: { MUSTER_EVENTSTORE_LISTEN: '127.0.0.1:0' } });
  const url = await eventually(
    () => /esdb:\/\/127\.0\.0\.1:\d+\?tls=false/.exec(server.program.tail(200))?.[0],
    { what: 'the address of the event store' },
  );
  const said = await attackAs(NOBODY, url);
  for (const what of ALL) t.match(said[what], /access-denied/, what);
  t.match((await attackAs(0, url))['read-all'], /done/);
});

void t.test(
  'serves every user with MUSTER_LOCAL_ACCESS=open, and requires credentials with token',
  async (t) => {
    if (!possible) return;
    const store = await startEventStoreProcess(t, { env: { MUSTER_LOCAL_ACCESS: 'open' } });
    t.match((await attackAs(NOBODY, store.url))['append-own'], /done/);
    await eventually(() => store.program.said('"code":"local-access-open"'));
    const refused = await muster(
      ['eventstore', '--data-dir', `${store.directory}/other`, '--listen', '127.0.0.1:0'],
      { MUSTER_LOCAL_ACCESS: 'token' },
    );
    t.match(refused, {
      code: 78,
      stderr: /MUSTER_LOCAL_ACCESS=token requires MUSTER_EVENTSTORE_CREDENTIALS/,
    });
  },
);

void t.test('serves connections that send data early, and survives ones that end early', async (t) => {
  const { server } = await servedStore(t);
  for (let each = 0; each < 20; each += 1) {
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.end('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', () => socket.destroy()),
    );
    socket.on('error', () => undefined);
    await once(socket, 'close');
  }
  const wires = Array.from({ length: 30 }, () => new RawWire(t, server.port));
  for (const [n, wire] of wires.entries()) t.match(await wire.appended(`s-${n}`, 'any', [{}]), /^\d+@/);
  for (const wire of wires) t.equal((await wire.read(streamRead('s-0', 'start'))).end, 'ok');
});
