import { randomUUID } from 'node:crypto';
import { Metadata } from '@grpc/grpc-js';
import t, { type Test } from 'tap';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { startEventStoreServer } from '#src/stores/eventstore-server/index.js';
import { shared, streams } from '#src/stores/eventstore-server/stubs.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { FaultyProxy } from '../../../fixtures/faulty-proxy.js';
import { ownFolder } from '../../../fixtures/folder.js';
import {
  appendEvent,
  appendOptions,
  RawWire,
  said,
  streamRead,
  type Expected,
  type Proposed,
} from '../../../fixtures/raw-wire.js';
import { servedStore } from '../../../fixtures/wire-server.js';

t.setTimeout(180_000 * PATIENCE);

async function open(t: Test): Promise<RawWire> {
  return new RawWire(t, (await servedStore(t)).server.port);
}

const MAX_UINT64 = '18446744073709551615';
const MAX_INT64 = '9223372036854775807';
const one: readonly Proposed[] = [{}];
const events = (count: number): Proposed[] => Array.from({ length: count }, () => ({}));

/** Streams in the states that the rules distinguish. Each rule gets its own stream. */
const STATES = {
  missing: async () => undefined,
  'at 5': async (wire: RawWire, stream: string) => void (await wire.append(stream, 'any', events(6))),
  'with metadata only': async (wire: RawWire, stream: string) =>
    void (await wire.append(`$$${stream}`, 'any', [{ type: '$metadata', data: '{"$maxCount":3}' }])),
  'soft-deleted at 2': async (wire: RawWire, stream: string) => {
    await wire.append(stream, 'any', events(3));
    await wire.delete('delete', stream, 'any');
  },
  tombstoned: async (wire: RawWire, stream: string) => {
    await wire.append(stream, 'any', events(3));
    await wire.delete('tombstone', stream, 'any');
  },
} as const;

const RULES: readonly (readonly [state: keyof typeof STATES, expected: Expected, answer: RegExp])[] = [
  ['missing', 'no_stream', /^0@/],
  ['missing', 'any', /^0@/],
  ['missing', 'stream_exists', /^wrong: stream_exists, is no_stream$/],
  ['missing', 3, /^wrong: 3, is no_stream$/],
  ['missing', 'unset', /^3 'None' is not a valid .*ExpectedStreamRevisionOneofCase$/],
  ['at 5', 5, /^6@/],
  ['at 5', 'any', /^6@/],
  ['at 5', 'stream_exists', /^6@/],
  ['at 5', 4, /^wrong: 4, is 5$/],
  ['at 5', 6, /^wrong: 6, is 5$/],
  ['at 5', 'no_stream', /^wrong: no_stream, is 5$/],
  ['at 5', MAX_UINT64, new RegExp(`^wrong: ${MAX_UINT64}, is 5$`)],
  ['missing', MAX_UINT64, /^0@/],
  ['missing', MAX_INT64, new RegExp(`^wrong: ${MAX_INT64}, is no_stream$`)],
  ['with metadata only', MAX_UINT64, /^0@/],
  ['soft-deleted at 2', MAX_UINT64, /^3@/],
  ['tombstoned', MAX_UINT64, /^stream-deleted$/],
  ['with metadata only', 'stream_exists', /^0@/],
  ['with metadata only', 'no_stream', /^0@/],
  ['soft-deleted at 2', 'no_stream', /^3@/],
  ['soft-deleted at 2', 'any', /^3@/],
  ['soft-deleted at 2', 2, /^3@/],
  ['soft-deleted at 2', 1, /^wrong: 1, is 2$/],
  ['soft-deleted at 2', 'stream_exists', /^stream-deleted$/],
  ['tombstoned', 'any', /^stream-deleted$/],
  ['tombstoned', 'no_stream', /^stream-deleted$/],
  ['tombstoned', 2, /^stream-deleted$/],
  ['tombstoned', 'stream_exists', /^stream-deleted$/],
];

void t.test("compares the expected revision with the stream's revision", async (t) => {
  const wire = await open(t);
  for (const [n, [state, expected, answer]] of RULES.entries()) {
    const stream = `rule-${n}`;
    await STATES[state](wire, stream);
    t.match(await wire.appended(stream, expected, one), answer, `${state}, expected ${expected}`);
  }
});

void t.test('reports a conflict both in the current fields and in those of servers up to 20.6', async (t) => {
  const wire = await open(t);
  await wire.append('a-1', 'any', events(6));
  const fields = async (expected: Expected) =>
    (
      (await wire.append('a-1', expected, one)) as InstanceType<typeof streams.AppendResp>
    ).getWrongExpectedVersion();
  const exact = await fields(2);
  t.equal(exact?.getCurrentRevision2060(), 5);
  t.equal(exact?.getExpectedRevision2060(), 2);
  const none = await fields('no_stream');
  t.ok(none?.hasExpectedNoStream());
  t.ok(none?.hasExpectedRevision2060());
  // The field contains 2^64 - 1, which a JavaScript number can only approximate.
  t.equal(none?.getExpectedRevision2060(), 2 ** 64);
  t.ok((await fields('stream_exists')) === undefined, 'stream_exists is satisfied');
});

void t.test('lets one of twenty concurrent creations of a stream succeed', async (t) => {
  const wire = await open(t);
  const answers = await Promise.all(Array.from({ length: 20 }, () => wire.appended('a-1', 'no_stream', one)));
  t.equal(answers.filter((answer) => answer.startsWith('0@')).length, 1);
  t.equal(answers.filter((answer) => answer === 'wrong: no_stream, is 0').length, 19);
});

void t.test('recognizes a repeated append by its event ids', async (t) => {
  const wire = await open(t);
  const [e0, e1, e2, e3] = events(4).map(() => ({ id: randomUUID() })) as [
    Proposed,
    Proposed,
    Proposed,
    Proposed,
  ];
  const fresh = (): Proposed => ({ id: randomUUID() });
  t.equal(await wire.appended('s-1', 'no_stream', [e0, e1]), '1@2');
  t.equal(await wire.appended('s-1', 1, [e2]), '2@3');
  t.equal(await wire.appended('s-1', 'any', [e3]), '3@4');
  const told: [Expected, readonly Proposed[], string | RegExp][] = [
    ['no_stream', [e0, e1], '1@2'],
    ['no_stream', [{ ...e0, data: '{"other":1}' }, e1], '1@2'],
    ['no_stream', [e0], '0@1'],
    ['no_stream', [e0, e1, e2, e3], '3@4'],
    [1, [e2], '2@3'],
    ['no_stream', [e0, e1, fresh()], 'wrong: no_stream, is 3'],
    ['no_stream', [fresh(), e2], 'wrong: no_stream, is 3'],
    [2, [e2], 'wrong: 2, is 3'],
    [1, [], 'wrong: 1, is 3'],
    ['any', [e0, e2], '2@3'],
    ['any', [e2, e1], '1@2'],
    ['stream_exists', [e0, e0], '0@1'],
    ['any', [e0, fresh()], 'wrong: any, is 3'],
    ['stream_exists', [e0, fresh()], 'wrong: stream_exists, is 3'],
    ['any', [fresh(), e0], '5@6'],
  ];
  for (const [expected, proposed, answer] of told)
    t.match(await wire.appended('s-1', expected, proposed), answer, `${expected} [${proposed.length}]`);
  const twice = fresh();
  t.equal(
    await wire.appended('s-2', 'any', [twice, twice]),
    '1@8',
    'the same id twice in one new append is written twice',
  );
});

void t.test(
  'recognizes an event id without an expected revision only in the stream that used it first',
  async (t) => {
    const wire = await open(t);
    const id = randomUUID();
    await wire.append('x-1', 'any', [{ id }]);
    t.equal(await wire.appended('y-1', 'any', [{ id }]), '0@2');
    t.equal(await wire.appended('y-1', 'any', [{ id }]), '1@3', 'the remembered id does not belong to y-1');
    t.equal(
      await wire.appended('y-1', 'no_stream', [{ id }]),
      '0@2',
      'the event at the expected revision of y-1 is recognized',
    );
  },
);

void t.test('forgets ids after a restart, but recognizes them at the expected revision', async (t) => {
  const directory = ownFolder(t);
  const id = randomUUID();
  const told: string[] = [];
  for (const expected of ['any', 'no_stream', 'any'] as const) {
    const store = await openSqliteEventStore({ directory });
    const server = await startEventStoreServer({ store, host: '127.0.0.1', port: 0 });
    told.push(await new RawWire(t, server.port).appended('s-1', expected, [{ id }]));
    await server.close();
    await store.close();
  }
  t.strictSame(told, ['0@1', '0@1', '1@2']);
});

void t.test('accepts a repetition of truncated events without a position', async (t) => {
  const wire = await open(t);
  const proposed = events(2).map(() => ({ id: randomUUID() }));
  await wire.append('s-1', 'no_stream', proposed);
  await wire.delete('delete', 's-1', 'any');
  t.equal(await wire.appended('s-1', 'no_stream', proposed), '1@none');
  t.equal(await wire.appended('s-1', 'any', proposed), '1@none');
  t.strictSame((await wire.read(streamRead('s-1', 'start'))).lines, ['not found s-1']);
});

void t.test('checks the expected revision of an empty append, and writes nothing', async (t) => {
  const wire = await open(t);
  t.match(await wire.appended('e-1', 'any', []), /^no_stream@/);
  t.match(await wire.appended('e-1', 'no_stream', []), /^no_stream@/, 'still missing');
  t.equal(await wire.appended('e-1', 'stream_exists', []), 'wrong: stream_exists, is no_stream');
  await wire.append('e-1', 'any', one);
  t.match(await wire.appended('e-1', 0, []), /^0@/);
  await wire.delete('tombstone', 'e-1', 'any');
  t.equal(await wire.appended('e-1', 'any', []), 'stream-deleted');
  t.equal(await wire.appended('$$e-1', 'any', one), 'stream-deleted', 'its metadata stream is deleted too');
});

void t.test('refuses invalid appends in the same way as EventStoreDB', async (t) => {
  const wire = await open(t);
  const generic = '2 Exception was thrown by handler.';
  const without = (key: string) => {
    const message = appendEvent({});
    message.getProposedMessage()?.getMetadataMap().del(key);
    return message;
  };
  const options = appendOptions('a-1', 'any');
  const cases: Record<string, [Parameters<RawWire['sendAppend']>[0], string]> = {
    'no type': [[options, without('type')], 'missing-required-metadata-property'],
    'no content type': [[options, without('content-type')], 'missing-required-metadata-property'],
    'an empty type': [[options, appendEvent({ type: '' })], generic],
    'a nil id': [[options, appendEvent({ id: '00000000-0000-0000-0000-000000000000' })], generic],
    'an empty id': [[options, appendEvent({ id: '' })], generic],
    'an invalid UUID': [[options, appendEvent({ id: 'one' })], generic],
    'an empty name': [[appendOptions('', 'any'), appendEvent({})], generic],
    'a metadata stream without a stream name': [[appendOptions('$$', 'any'), appendEvent({})], generic],
    'an event first': [[appendEvent({})], generic],
    'options twice': [[options, options], generic],
    'a message without content': [[options, new streams.AppendReq()], generic],
    'no message': [[], generic],
  };
  for (const [what, [messages, answer]] of Object.entries(cases))
    t.equal(said(await wire.sendAppend(messages)), answer, what);
  t.match(await wire.append('a-1', 'any', [{ type: '', contentType: '' }]), { code: 2 });
  t.match(await wire.sendAppend([options, without('type')]), {
    code: 3,
    trailers: { 'required-metadata-properties': 'type,content-type' },
  });
  t.match(await wire.append('a-1', 'any', [{ data: 'x'.repeat(1_048_577) }]), {
    code: 3,
    details: 'Maximum Append Size of 1048576 Exceeded.',
    trailers: { exception: 'maximum-append-size-exceeded', 'maximum-append-size': '1048576' },
  });
  t.match(
    await wire.appended('a-1', 'any', [
      { data: 'x'.repeat(1_048_576), metadata: `"${'m'.repeat(1_000_000)}"`, contentType: 'text/plain' },
    ]),
    /^0@/,
    'only data counts towards the limit',
  );
});

void t.test('accepts an id in every form and returns it in its canonical form', async (t) => {
  const wire = await open(t);
  const id = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
  const forms = [id, id.replaceAll('-', ''), id.toUpperCase(), `{${id.toUpperCase()}}`, `(${id})`];
  for (const [n, form] of forms.entries()) await wire.append(`id-${n}`, 'any', [{ id: form }]);
  const structured = appendEvent({});
  structured
    .getProposedMessage()
    ?.setId(
      new shared.UUID().setStructured(
        new shared.UUID.Structured()
          .setMostSignificantBits(BigInt.asIntN(64, 0x0a1b2c3d4e5f4a6bn).toString())
          .setLeastSignificantBits(BigInt.asIntN(64, 0x8c7d9e0f1a2b3c4dn).toString()),
      ),
    );
  await wire.sendAppend([appendOptions('id-5', 'any'), structured]);
  for (let n = 0; n <= forms.length; n += 1) {
    const call = wire.openRead(streamRead(`id-${n}`, 'start'));
    for await (const message of call)
      t.equal(
        (message as InstanceType<typeof streams.ReadResp>).getEvent()?.getEvent()?.getId()?.getString(),
        id,
      );
  }
});

void t.test('writes nothing if the client disconnects before the end of its request', async (t) => {
  const { server } = await servedStore(t);
  const network = await FaultyProxy.start(t, server);
  const others = new RawWire(t, server.port);
  const broken: string[] = [];
  for (let round = 0; round < 10; round += 1) {
    const wire = new RawWire(t, network.port);
    await wire.append(`whole-${round}`, 'no_stream', one);
    const calls = Array.from({ length: 8 }, (_, index) => {
      const stream = `part-${round}.${index}`;
      broken.push(stream);
      const call = wire.client.append(new Metadata(), () => undefined);
      call.on('error', () => undefined);
      call.write(appendOptions(stream, 'no_stream'));
      for (let event = 0; event < 30; event += 1)
        call.write(appendEvent({ data: JSON.stringify('x'.repeat(2_000)) }));
      return call;
    });
    // Strikes at a different byte each time.
    const passed = network.passed.server;
    await eventually(() => network.passed.server > passed + round * 40_000, { interval: 1 });
    if (round % 2 === 0) network.strike('cut');
    else for (const call of calls) call.cancel();
  }
  t.match(await others.appended('others-1', 'no_stream', one), /^0@/);
  for (const stream of broken)
    t.equal(
      await others.appended(stream, 'stream_exists', one),
      'wrong: stream_exists, is no_stream',
      stream,
    );
});

void t.test('accepts any stream name and event type', async (t) => {
  const wire = await open(t);
  const names = [
    'a b',
    'a/b\\c',
    '?#%',
    '\u0001\u001f',
    'line\nbreak',
    '🦊',
    ' leading',
    '-',
    '@@',
    'x'.repeat(20_000),
    '$all',
    '$own',
    '$$$deep',
  ];
  for (const name of names) {
    t.match(await wire.appended(name, 'no_stream', [{ type: name }]), /^0@/);
    t.strictSame((await wire.read(streamRead(name, 'start'))).lines, [`E ${name}@0 ${name}`]);
  }
  t.match(
    await wire.append('nul\0name', 'no_stream', [{ type: 'E' }]),
    { code: 2 },
    'a stream name with NUL is refused, because other programs would truncate it',
  );
  t.match(await wire.appended('nul-type', 'no_stream', [{ type: 'a\0b' }]), /^0@/);
  t.match(
    said(await wire.sendAppend([appendOptions(Uint8Array.from([0x61, 0xff]), 'any'), appendEvent({})])),
    /^0@/,
  );
  t.strictSame(
    (await wire.read(streamRead('a\ufffd', 'start'))).lines,
    ['E a\ufffd@0 E'],
    'invalid UTF-8 is replaced',
  );
  await wire.append('type-1', 'any', [{ type: 't'.repeat(10_000) }]);
});
