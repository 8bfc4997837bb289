import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import t from 'tap';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { startEventStoreProcess } from '../../../fixtures/event-store-process.js';
import { muster } from '../../../fixtures/program.js';
import type { Scope } from '../../../fixtures/scope.js';
import { startServer } from '../../../fixtures/server.js';

t.setTimeout(180_000 * PATIENCE);

function connect(t: Scope, url: string): EventStoreDBClient {
  const client = EventStoreDBClient.connectionString(url);
  t.teardown(() => client.dispose());
  return client;
}

const event = () => jsonEvent({ type: 'Sent', data: {} });

void t.test('serves a data directory, keeps acknowledged data when killed, and stops cleanly', async (t) => {
  const first = await startEventStoreProcess(t);
  const client = connect(t, first.url);
  const before = await client.appendToStream('notes-a', [event(), event()], {
    expectedRevision: 'no_stream',
  });
  t.equal(before.nextExpectedRevision, 1n);

  const second = await muster(['eventstore', '--data-dir', first.directory, '--listen', '127.0.0.1:0']);
  t.equal(second.code, 75, 'a second event store on the same directory is refused');
  t.match(second.stderr, new RegExp(`in use by process ${first.program.pid}`));

  await first.program.end('SIGKILL');
  const again = await startEventStoreProcess(t, { directory: first.directory });
  const after = await connect(t, again.url).appendToStream('notes-a', event(), { expectedRevision: 1n });
  t.equal(after.nextExpectedRevision, 2n);
  t.match(await again.program.end('SIGTERM'), { code: 0 });
});

void t.test(
  'refuses to start off loopback without TLS and credentials, and reports which are missing',
  async (t) => {
    const refused = await muster(['eventstore', '--listen', '0.0.0.0:0']);
    t.equal(refused.code, 78);
    t.match(
      refused.stderr,
      /0\.0\.0\.0 is not loopback, which requires MUSTER_EVENTSTORE_TLS_CERT, MUSTER_EVENTSTORE_TLS_KEY and MUSTER_EVENTSTORE_CREDENTIALS/,
    );
    const half = await muster(['eventstore'], { MUSTER_EVENTSTORE_TLS_CERT: '/nowhere.pem' });
    t.equal(half.code, 78);
    t.match(half.stderr, /must be set together/);
  },
);

void t.test('reports a port in use', async (t) => {
  const first = await startEventStoreProcess(t);
  const second = await muster([
    'eventstore',
    '--data-dir',
    `${first.directory}/second`,
    '--listen',
    `127.0.0.1:${first.port}`,
  ]);
  t.equal(second.code, 1);
  t.match(second.stderr, new RegExp(`127.0.0.1:${first.port}`));
});

void t.test(
  'limits the size of an append to the value of an option, and refuses a value that is too large',
  async (t) => {
    const { url } = await startEventStoreProcess(t, { args: ['--max-append-size', '4096'] });
    const client = connect(t, url);
    const sized = (characters: number) => jsonEvent({ type: 'Sent', data: { text: 'x'.repeat(characters) } });
    await client.appendToStream('notes-a', sized(4000));
    const refusal: unknown = await client
      .appendToStream('notes-a', sized(5000))
      .catch((error: unknown) => error);
    t.match(refusal, { type: 'maximum-append-size-exceeded', maxAppendSize: 4096 });
    const refused = await muster(['eventstore', '--max-append-size', '99000000']);
    t.equal(refused.code, 78);
    t.match(refused.stderr, /MUSTER_EVENTSTORE_MAX_APPEND_SIZE/);
  },
);

void t.test('warns at startup about a password without TLS', async (t) => {
  const env = { MUSTER_EVENTSTORE_CREDENTIALS: 'auditor:correct-horse-battery' };
  const warned =
    /"code":"event-store-credentials-without-tls","problem":"[^"]*\.NET[^"]*MUSTER_EVENTSTORE_TLS_CERT/;
  const store = await startEventStoreProcess(t, { env });
  // The two outputs of a program arrive independently of each other.
  await eventually(() => warned.test(store.program.tail(100)));
  const server = await startServer(t, { env: { ...env, MUSTER_EVENTSTORE_LISTEN: '127.0.0.1:0' } });
  await eventually(() => warned.test(server.program.tail(100)));
  const without = await startEventStoreProcess(t);
  t.notMatch(without.program.tail(100), /credentials-without-tls/);
});
