import { credentials, Metadata } from '@grpc/grpc-js';
import { AccessDeniedError, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import t from 'tap';
import { Program } from '../../../fixtures/program.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { RawWire, streamRead } from '../../../fixtures/raw-wire.js';
import { required } from '../../../fixtures/requirement.js';
import { hasOpenssl, selfSigned } from '../../../fixtures/self-signed.js';
import { servedStore } from '../../../fixtures/wire-server.js';
import { features, featuresService } from '#src/stores/eventstore-server/stubs.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';

t.setTimeout(180_000 * PATIENCE);

const known = { user: 'auditor', password: 'correct horse battery' };
const basic = (text: string): Metadata => {
  const metadata = new Metadata();
  metadata.set('authorization', `Basic ${Buffer.from(text).toString('base64')}`);
  return metadata;
};
const header = (text: string): Metadata => {
  const metadata = new Metadata();
  metadata.set('authorization', text);
  return metadata;
};

void t.test('refuses reads and writes without credentials, and every call with wrong ones', async (t) => {
  const { server } = await servedStore(t, { credentials: known });
  const right = basic(`${known.user}:${known.password}`);
  const denied = { code: 7, exception: 'access-denied' };
  const cases: readonly (readonly [
    string,
    Metadata,
    'ok' | { code: number; exception?: string | undefined },
  ])[] = [
    ['the right credentials', right, 'ok'],
    ['no credentials', new Metadata(), denied],
    ['another scheme', header('Bearer abc'), denied],
    ['no colon', basic('auditor'), denied],
    ['a wrong password', basic('auditor:wrong'), { code: 16, exception: undefined }],
    ['a wrong user', basic(`other:${known.password}`), { code: 16, exception: undefined }],
    ['nothing after the scheme', header('Basic'), { code: 2 }],
    ['invalid base64', header('Basic ???'), { code: 2 }],
  ];
  for (const [n, [what, metadata, answer]] of cases.entries()) {
    const wire = new RawWire(t, server.port, metadata);
    const appended = await wire.append(`s-${n}`, 'any', [{}]);
    if (answer === 'ok') t.notOk('code' in appended, what);
    else t.match(appended, answer, what);
    t.match((await wire.read(streamRead('s-0', 'start'))).end, answer, `${what}, reading`);
    t.match(await wire.delete('delete', 's-0', 0), answer, `${what}, deleting`);
    if (answer === 'ok') await wire.append('s-0', 'any', [{}]);
    const asked = await ask(server.port, metadata);
    t.equal(asked, answer === 'ok' || answer.code === 7 ? 0 : answer.code, `${what}, listing features`);
  }
});

void t.test("ignores clients' credentials if none are configured", async (t) => {
  const { server } = await servedStore(t);
  for (const metadata of [basic('any:one'), header('Basic'), header('Bearer x')])
    t.match(await new RawWire(t, server.port, metadata).appended('s', 'any', [{}]), /^\d+@/);
});

void t.test('serves the official client only with TLS and the right credentials', async (t) => {
  if (!required(t, hasOpenssl, 'openssl')) return;
  const { certFile, keyFile } = selfSigned(t);
  const program = Program.muster(['eventstore', '--listen', '0.0.0.0:0', '--data-dir', ownFolder(t)], {
    MUSTER_EVENTSTORE_TLS_CERT: certFile,
    MUSTER_EVENTSTORE_TLS_KEY: keyFile,
    MUSTER_EVENTSTORE_CREDENTIALS: `${known.user}:${known.password}`,
  });
  t.teardown(() => program.end('SIGKILL'));
  const port = await eventually(() =>
    program.stderr
      .map((line) => /esdb:\/\/0\.0\.0\.0:(\d+)\?tls=true/.exec(line)?.[1])
      .find((found) => found !== undefined),
  );
  const connect = (login: string): EventStoreDBClient => {
    const client = EventStoreDBClient.connectionString`esdb://${login}127.0.0.1:${port}?tls=true&tlsCAFile=${certFile}`;
    t.teardown(() => client.dispose());
    return client;
  };
  const result = await connect(`${known.user}:${encodeURIComponent(known.password)}@`).appendToStream(
    's-1',
    jsonEvent({ type: 'A', data: {} }),
  );
  t.equal(result.success, true);
  const nobody = await connect('')
    .appendToStream('s-1', jsonEvent({ type: 'A', data: {} }))
    .catch((error: unknown) => error);
  t.ok(nobody instanceof AccessDeniedError, String(nobody));
  t.match(
    await new RawWire(t, Number(port), new Metadata(), credentials.createInsecure()).append('s', 'any', [{}]),
    { code: 14 },
    'a connection without TLS is refused',
  );
});

function ask(port: number, metadata: Metadata): Promise<number> {
  const client = new featuresService.ServerFeaturesClient(`127.0.0.1:${port}`, credentials.createInsecure());
  return new Promise((resolve) => {
    client.getSupportedMethods(new shared.Empty(), metadata, (error, response) => {
      client.close();
      resolve(error === null && response instanceof features.SupportedMethods ? 0 : (error?.code ?? -1));
    });
  });
}
