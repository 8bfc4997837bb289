import { once } from 'node:events';
import { connect } from 'node:net';
import { credentials, Client, Metadata, type ServiceError } from '@grpc/grpc-js';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { PATIENCE } from '../../../fixtures/eventually.js';
import {
  allRead,
  appendEvent,
  appendOptions,
  batchPart,
  filterOf,
  RawWire,
  streamRead,
} from '../../../fixtures/raw-wire.js';
import { servedStore } from '../../../fixtures/wire-server.js';

t.setTimeout(180_000 * PATIENCE);

const service = '/event_store.client.streams.Streams';
const METHODS = [
  `${service}/Read`,
  `${service}/Append`,
  `${service}/BatchAppend`,
  `${service}/Delete`,
  `${service}/Tombstone`,
  '/event_store.client.gossip.Gossip/Read',
  '/event_store.client.server_features.ServerFeatures/GetSupportedMethods',
];

/** Sends arbitrary bytes to a method, and waits for a reaction. There may be none, because the call may rightly stay open. */
async function send(client: Client, method: string, messages: readonly Uint8Array[]): Promise<void> {
  const call = client.makeBidiStreamRequest(
    method,
    (bytes: Buffer) => bytes,
    (bytes) => bytes,
    new Metadata(),
  );
  const something = new Promise<void>((resolve) => {
    call.on('data', () => resolve());
    call.on('error', (_: ServiceError) => resolve());
    call.on('end', () => resolve());
  });
  for (const message of messages) call.write(Buffer.from(message));
  call.end();
  await something;
  call.cancel();
}

async function serves(t: Test, port: number): Promise<void> {
  const wire = new RawWire(t, port);
  t.match(
    await wire.appended(`after-${Math.random()}`, 'no_stream', [{}]),
    /^0@/,
    'the server still accepts appends',
  );
  wire.client.close();
}

void t.test('refuses invalid messages', async (t) => {
  const { server } = await servedStore(t);
  const client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
  t.teardown(() => client.close());
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 60 }).filter((each) => each[0] !== 0);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...METHODS), bytes, async (method, message) => {
      // An unknown field is ignored, so such a message may be a complete, empty request.
      await Promise.race([send(client, method, [message]), pause(300)]);
    }),
    { numRuns: 300 },
  );
  await serves(t, server.port);
});

void t.test('survives messages with altered bytes', async (t) => {
  const { server } = await servedStore(t);
  const client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
  t.teardown(() => client.close());
  const whole: readonly (readonly [string, readonly Uint8Array[]])[] = [
    [METHODS[0] ?? '', [streamRead('s', 1, { backwards: true }).serializeBinary()]],
    [
      METHODS[0] ?? '',
      [allRead([1, 1], { filter: filterOf({ on: 'type', regex: '^a|b$', window: 5 }) }).serializeBinary()],
    ],
    [
      METHODS[1] ?? '',
      [appendOptions('s', 'any').serializeBinary(), appendEvent({ data: '{"a":1}' }).serializeBinary()],
    ],
    [
      METHODS[2] ?? '',
      [
        batchPart(
          '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d',
          { stream: 's', expected: 3 },
          [{}, {}],
          true,
        ).serializeBinary(),
      ],
    ],
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...whole),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      async ([method, messages], turns) => {
        const turned = messages.map((message) => Uint8Array.from(message));
        for (const [place, byte] of turns) {
          const message = turned[place % turned.length];
          if (message !== undefined) message[place % message.length] = byte;
        }
        await Promise.race([send(client, method, turned), pause(300)]);
      },
    ),
    { numRuns: 300 },
  );
  await serves(t, server.port);
});

void t.test('ignores a client that does not speak HTTP/2', async (t) => {
  const { server } = await servedStore(t);
  for (const said of [
    'GET / HTTP/1.1\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnonsense that is no frame at all',
    '\0'.repeat(100),
  ]) {
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    const closed = once(socket, 'close');
    socket.end(said);
    socket.resume();
    await Promise.race([closed, pause(2000)]);
    socket.destroy();
  }
  await serves(t, server.port);
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
