import t, { type Test } from 'tap';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { allRead, RawWire, streamRead, type Expected } from '../../../fixtures/raw-wire.js';
import { servedStore } from '../../../fixtures/wire-server.js';

t.setTimeout(180_000 * PATIENCE);

async function open(t: Test): Promise<RawWire> {
  return new RawWire(t, (await servedStore(t)).server.port);
}

const STATES = {
  missing: async () => undefined,
  'described only': async (wire: RawWire, stream: string) =>
    void (await wire.append(`$$${stream}`, 'any', [{ type: '$metadata', data: '{"$maxCount":5}' }])),
  'at 2': async (wire: RawWire, stream: string) => void (await wire.append(stream, 'any', [{}, {}, {}])),
  'soft-deleted at 2': async (wire: RawWire, stream: string) => {
    await wire.append(stream, 'any', [{}, {}, {}]);
    await wire.delete('delete', stream, 'any');
  },
  tombstoned: async (wire: RawWire, stream: string) => void (await wire.delete('tombstone', stream, 'any')),
} as const;

/** `wrong e a`: expected and actual version in the trailers. */
const RULES: readonly (readonly [
  how: 'delete' | 'tombstone',
  state: keyof typeof STATES,
  expected: Expected,
  answer: string,
])[] = [
  ['delete', 'missing', 'any', 'wrong -2 -1'],
  ['delete', 'missing', 'no_stream', 'wrong -1 -1'],
  ['delete', 'missing', 'stream_exists', 'wrong -4 -1'],
  ['delete', 'missing', 2, 'wrong 2 -1'],
  ['delete', 'described only', 'no_stream', 'ok'],
  ['delete', 'described only', 'any', 'ok'],
  ['delete', 'described only', 2, 'wrong 2 -1'],
  ['delete', 'described only', 'stream_exists', 'wrong -4 -1'],
  ['delete', 'at 2', 'any', 'ok'],
  ['delete', 'at 2', 'no_stream', 'wrong -1 2'],
  ['delete', 'at 2', 2, 'ok'],
  ['delete', 'at 2', 1, 'wrong 1 2'],
  ['delete', 'at 2', 'stream_exists', 'ok'],
  ['delete', 'soft-deleted at 2', 'any', 'ok'],
  ['delete', 'soft-deleted at 2', 'no_stream', 'ok'],
  ['delete', 'soft-deleted at 2', 2, 'ok'],
  ['delete', 'soft-deleted at 2', 'stream_exists', 'stream-deleted'],
  ['tombstone', 'missing', 'any', 'ok'],
  ['tombstone', 'missing', 'no_stream', 'ok'],
  ['tombstone', 'missing', 2, 'wrong 2 -1'],
  ['tombstone', 'missing', 'stream_exists', 'wrong -4 -1'],
  ['tombstone', 'at 2', 'any', 'ok'],
  ['tombstone', 'at 2', 'no_stream', 'wrong -1 2'],
  ['tombstone', 'at 2', 2, 'ok'],
  ['tombstone', 'at 2', 0, 'wrong 0 2'],
  ['tombstone', 'at 2', 'stream_exists', 'ok'],
  ['tombstone', 'soft-deleted at 2', 'any', 'ok'],
  ...(['any', 'no_stream', 2, 'stream_exists'] as const).flatMap((expected) =>
    (['delete', 'tombstone'] as const).map((how) => [how, 'tombstoned', expected, 'stream-deleted'] as const),
  ),
];

void t.test('compares the expected revision of a deletion, and reports a conflict in trailers', async (t) => {
  const wire = await open(t);
  for (const [n, [how, state, expected, wanted]] of RULES.entries()) {
    const stream = `rule-${n}`;
    await STATES[state](wire, stream);
    const answer = await wire.delete(how, stream, expected);
    const {
      trailers,
      exception,
    }: { trailers: Readonly<Record<string, unknown>>; exception: string | undefined } =
      answer === 'ok' ? { trailers: {}, exception: 'ok' } : answer;
    const told =
      exception === 'wrong-expected-version'
        ? `wrong ${String(trailers['expected-version'])} ${String(trailers['actual-version'])}`
        : exception;
    t.equal(told, wanted, `${how}: ${state}, expected ${expected}`);
    if (exception === 'wrong-expected-version' && answer !== 'ok') {
      t.equal(answer.code, 9);
      t.equal(
        answer.details,
        `Delete failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${String(trailers['expected-version'])}, Actual version: ${String(trailers['actual-version'])}`,
      );
    }
  }
  t.match(await wire.delete('delete', 'rule-4', 'unset'), { code: 3 });
});

void t.test('records a soft delete as metadata, and continues the stream at its next revision', async (t) => {
  const wire = await open(t);
  await wire.append('a-1', 'any', [{}, {}]);
  await wire.append('$$a-1', 'any', [{ type: '$metadata', data: '{"$maxCount":9,"mine":true}' }]);
  await wire.delete('delete', 'a-1', 1);
  t.strictSame((await wire.read(streamRead('a-1', 'start'))).lines, ['not found a-1']);
  t.equal(await wire.appended('a-1', 'no_stream', [{}]), '2@5');
  t.strictSame((await wire.read(streamRead('a-1', 'start'))).lines, ['E a-1@2 E']);
  t.strictSame((await wire.read(allRead('start'))).lines, [
    'E a-1@0 E',
    'E a-1@1 E',
    'E $$a-1@0 $metadata',
    'E $$a-1@1 $metadata',
    'E a-1@2 E',
    'E $$a-1@2 $metadata',
  ]);
  t.strictSame(await metadataOf(wire, 'a-1'), { $tb: 2 });
  await wire.append('$$a-1', 'any', [{ type: '$metadata', data: '{}' }]);
  t.equal(
    (await wire.read(streamRead('a-1', 'start'))).lines.length,
    3,
    'clearing the metadata shows all events again',
  );
});

void t.test('keeps deleted events hidden after new metadata is written', async (t) => {
  const wire = await open(t);
  await wire.append('a-1', 'any', [{}, {}]);
  await wire.delete('delete', 'a-1', 'any');
  await wire.append('$$a-1', 'any', [{ type: '$metadata', data: '{"mine":true}' }]);
  t.strictSame((await wire.read(streamRead('a-1', 'start'))).lines, []);
  t.strictSame(await metadataOf(wire, 'a-1'), { mine: true, $tb: 2 });
});

void t.test('records a tombstone as the last event of its stream', async (t) => {
  const wire = await open(t);
  await wire.append('a-1', 'any', [{}]);
  await wire.delete('tombstone', 'a-1', 'any');
  t.match(await wire.read(streamRead('a-1', 'start')), {
    lines: [],
    end: { code: 9, exception: 'stream-deleted', trailers: { 'stream-name': 'a-1' } },
  });
  t.match(await wire.read(streamRead('$$a-1', 'start')), {
    lines: [],
    end: { code: 9, trailers: { 'stream-name': '$$a-1' } },
  });
  t.strictSame((await wire.read(allRead('start'))).lines, [
    'E a-1@0 E',
    'E a-1@9223372036854775807 $streamDeleted',
  ]);
});

async function metadataOf(wire: RawWire, stream: string): Promise<unknown> {
  for await (const message of wire.openRead(streamRead(`$$${stream}`, 'start'))) {
    return JSON.parse(
      Buffer.from(
        (message as { getEvent(): { getEvent(): { getData_asU8(): Uint8Array } } })
          .getEvent()
          .getEvent()
          .getData_asU8(),
      ).toString(),
    );
  }
  return undefined;
}
