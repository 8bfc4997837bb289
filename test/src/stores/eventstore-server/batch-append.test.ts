import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Metadata, type ClientDuplexStream, type ServiceError } from '@grpc/grpc-js';
import jspb from 'google-protobuf';
import timestampMessages from 'google-protobuf/google/protobuf/timestamp_pb.js';
import t, { type Test } from 'tap';
import { shared, streams, type Streams } from '#src/stores/eventstore-server/stubs.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { batchPart, RawWire, streamRead, type Expected } from '../../../fixtures/raw-wire.js';
import { servedStore } from '../../../fixtures/wire-server.js';

t.setTimeout(180_000 * PATIENCE);

/** One call and its responses. */
class Batches {
  readonly answers: Streams.BatchAppendResp[] = [];
  readonly end: Promise<number>;
  readonly #call: ClientDuplexStream<Streams.BatchAppendReq, Streams.BatchAppendResp>;
  #answered: () => void = () => undefined;

  constructor(wire: RawWire) {
    this.#call = wire.client.batchAppend(new Metadata());
    this.#call.on('data', (answer: Streams.BatchAppendResp) => {
      this.answers.push(answer);
      this.#answered();
    });
    this.end = new Promise((resolve) => {
      this.#call.on('error', ({ code }: ServiceError) => resolve(code));
      this.#call.on('end', () => resolve(0));
    });
  }

  write(message: Streams.BatchAppendReq): void {
    this.#call.write(message);
  }

  halfClose(): void {
    this.#call.end();
  }

  /** Returns the responses, one per line, once there are this many. */
  async lines(count: number): Promise<string[]> {
    while (this.answers.length < count) {
      await new Promise<void>((resolve) => {
        this.#answered = resolve;
      });
    }
    return this.answers.map(lineOf);
  }

  /** Sends a complete batch in one message. Returns the response. */
  async send(
    stream: string,
    expected: Expected,
    events: Parameters<typeof batchPart>[2] = [{}],
  ): Promise<string> {
    const count = this.answers.length + 1;
    this.write(batchPart(randomUUID(), { stream, expected }, events, true));
    return (await this.lines(count))[count - 1] ?? '';
  }
}

function lineOf(answer: Streams.BatchAppendResp): string {
  const success = answer.getSuccess();
  if (success !== undefined)
    return `${success.hasNoStream() ? 'no_stream' : success.getCurrentRevision()}@${success.getPosition()?.getCommitPosition() ?? 'none'}`;
  const error = answer.getError();
  return `${error?.getCode()} ${error?.getMessage()} ${error?.getDetails()?.getTypeName()}`;
}

async function open(t: Test): Promise<{ wire: RawWire; batches: Batches }> {
  const wire = new RawWire(t, (await servedStore(t)).server.port);
  return { wire, batches: new Batches(wire) };
}

const nameIn = (answer: Streams.BatchAppendResp | undefined) =>
  Buffer.from(answer?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString();

void t.test('answers each batch once, in order, with its correlation id and stream', async (t) => {
  const { wire, batches } = await open(t);
  const ids = Array.from({ length: 50 }, () => randomUUID());
  for (const [n, id] of ids.entries())
    batches.write(batchPart(id, { stream: `b-${n % 3}`, expected: 'any' }, [{}, {}], true));
  await batches.lines(50);
  t.strictSame(
    batches.answers.map((answer) => answer.getCorrelationId()?.getString()),
    ids,
  );
  t.strictSame(
    batches.answers.map(nameIn),
    ids.map((_, n) => `b-${n % 3}`),
  );
  t.notOk(
    batches.answers.some((answer) => answer.hasAny() || answer.hasStreamPosition() || answer.hasNoStream()),
    'the expected revision is not echoed',
  );
  t.equal((await wire.read(streamRead('b-0', 'start'))).lines.length, 34);
  batches.write(batchPart(randomUUID(), { stream: 'last', expected: 'no_stream' }, [{}], true));
  batches.halfClose();
  t.equal(
    await batches.end,
    0,
    'after a half-close, the remaining batch is answered and the call ends without an error',
  );
  t.equal(batches.answers.length, 51);
});

void t.test('answers a refused batch only after the batch before it', async (t) => {
  const { batches } = await open(t);
  const [slow, bad] = [randomUUID(), randomUUID()];
  batches.write(
    batchPart(
      slow,
      { stream: 'slow', expected: 'any' },
      Array.from({ length: 200 }, () => ({ data: JSON.stringify('x'.repeat(4_000)) })),
      true,
    ),
  );
  batches.write(batchPart(bad, { stream: 'bad', expected: 'unset' }, [{}], true));
  const [first = '', second = ''] = await batches.lines(2);
  t.match(first, /^199@/);
  t.match(second, /^3 /);
  t.strictSame(
    batches.answers.map((answer) => answer.getCorrelationId()?.getString()),
    [slow, bad],
  );
});

void t.test('accepts a batch in several messages, and several batches at once', async (t) => {
  const { wire, batches } = await open(t);
  const [a, b] = [randomUUID(), randomUUID()];
  batches.write(batchPart(a, { stream: 'a', expected: 'no_stream' }, [{ type: 'A1' }], false));
  batches.write(batchPart(b, { stream: 'b', expected: 'no_stream' }, [{ type: 'B1' }], false));
  batches.write(batchPart(a, { stream: 'other', expected: 'stream_exists' }, [{ type: 'A2' }], false));
  batches.write(batchPart(b, undefined, [{ type: 'B2' }], true));
  batches.write(batchPart(a, undefined, [], true));
  t.strictSame(await batches.lines(2), ['1@2', '1@4']);
  t.strictSame(
    (await wire.read(streamRead('a', 'start'))).lines,
    ['E a@0 A1', 'E a@1 A2'],
    'later options of a batch are ignored, but not the events sent with them',
  );
  t.strictSame((await wire.read(streamRead('b', 'start'))).lines, ['E b@0 B1', 'E b@1 B2']);
});

void t.test('reports errors in the response of the batch and continues the call', async (t) => {
  const { wire, batches } = await open(t);
  await wire.append('at-2', 'any', [{}, {}, {}]);
  await wire.append('dead', 'any', [{}]);
  await wire.delete('tombstone', 'dead', 'any');
  await wire.append('deleted', 'any', [{}]);
  await wire.delete('delete', 'deleted', 'any');
  const wrong = '6 WrongExpectedVersion event_store.client.WrongExpectedVersion';
  const deleted = '5 StreamDeleted event_store.client.StreamDeleted';
  const bad = '3 BadRequest event_store.client.BadRequest';
  const cases: readonly (readonly [Parameters<Batches['send']>, string | RegExp])[] = [
    [['at-2', 1], wrong],
    [['at-2', 'no_stream'], wrong],
    [['none', 'stream_exists'], wrong],
    [['dead', 'any'], deleted],
    [['deleted', 'stream_exists'], deleted],
    [
      ['at-2', 'any', [{ data: 'x'.repeat(1_048_577) }]],
      '3 MaximumAppendSizeExceeded event_store.client.MaximumAppendSizeExceeded',
    ],
    [['at-2', 'unset'], bad],
    [['at-2', 'any', [{ id: '' }]], bad],
    [['at-2', 'any', [{ type: '' }]], bad],
    [['', 'any'], bad],
    [['new', 'no_stream', []], /^no_stream@/],
    [['at-2', 2], /^3@/],
  ];
  for (const [sent, answer] of cases)
    t.match(await batches.send(...sent), answer, JSON.stringify(sent).slice(0, 60));
  const details = (n: number) =>
    batches.answers[n]
      ?.getError()
      ?.getDetails()
      ?.unpack(shared.WrongExpectedVersion.deserializeBinary, 'event_store.client.WrongExpectedVersion');
  t.match(details(0)?.toObject(), { currentStreamRevision: '2', expectedStreamPosition: '1' });
  t.ok(details(1)?.hasExpectedNoStream());
  t.ok(details(2)?.hasCurrentNoStream() === true && details(2)?.hasExpectedStreamExists() === true);
  t.equal(nameIn(batches.answers[3]), 'dead');
});

void t.test('answers a batch that is refused early only once, and ignores the rest of it', async (t) => {
  const { wire, batches } = await open(t);
  const id = randomUUID();
  batches.write(batchPart(id, { stream: 'big', expected: 'any' }, [{ data: 'x'.repeat(1_048_577) }], false));
  batches.write(batchPart(id, undefined, [{}], false));
  batches.write(batchPart(id, undefined, [{}], true));
  batches.write(batchPart(randomUUID(), undefined, [{}], true));
  await batches.lines(1);
  t.match(await batches.send('next', 'any'), /^0@/);
  t.equal(batches.answers.length, 2, 'a batch without options is ignored too');
  t.strictSame((await wire.read(streamRead('big', 'start'))).lines, ['not found big']);
  const unnamed = batchPart(id, { stream: 'a', expected: 'any' }, [{}], true);
  unnamed.clearCorrelationId();
  batches.write(unnamed);
  t.match((await batches.lines(3))[2], /^3 BadRequest/);
});

void t.test('times out a late or unfinished batch', async (t) => {
  const { batches } = await open(t);
  const timeout = '4 Timeout event_store.client.Timeout';
  const late = batchPart(randomUUID(), { stream: 'a', expected: 'any' }, [{}], true);
  late.getOptions()?.setDeadline(timestamp(Date.now() - 1000));
  batches.write(late);
  t.strictSame(await batches.lines(1), [timeout]);
  const id = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
  const slow = batchPart(id, { stream: 'a', expected: 'any' }, [{}], false);
  slow.getOptions()?.setDeadline(timestamp(Date.now() + 200));
  batches.write(slow);
  t.equal((await batches.lines(2))[1], timeout);
  t.equal(
    batches.answers[1]?.getCorrelationId()?.getStructured()?.getMostSignificantBits(),
    BigInt.asIntN(64, 0x0a1b2c3d4e5f4a6bn).toString(),
    'the correlation id is in structured form',
  );
  const intime = batchPart(randomUUID(), { stream: 'a', expected: 'any' }, [{}], true);
  intime.getOptions()?.setDeadline(timestamp(Date.now() + 60_000));
  batches.write(intime);
  t.match((await batches.lines(3))[2], /^0@/);
});

void t.test('accepts a deadline as a duration', async (t) => {
  const { wire } = await open(t);
  const call = wire.client.makeBidiStreamRequest(
    '/event_store.client.streams.Streams/BatchAppend',
    (bytes: Buffer) => bytes,
    (bytes) => streams.BatchAppendResp.deserializeBinary(bytes),
    new Metadata(),
  );
  const part = (seconds: number): Buffer => {
    const message = batchPart(randomUUID(), { stream: 'a', expected: 'any' }, [{}], true);
    const options = Buffer.from(message.getOptions()?.serializeBinary() ?? []);
    message.clearOptions();
    const writer = new jspb.BinaryWriter();
    writer.writeMessage(7, seconds, (value, inner: jspb.BinaryWriter) =>
      inner.writeInt64(1, value as number),
    );
    const whole = new jspb.BinaryWriter();
    whole.writeBytes(2, Buffer.concat([options, writer.getResultBuffer()]));
    return Buffer.concat([message.serializeBinary(), whole.getResultBuffer()]);
  };
  call.write(part(-1));
  t.match(lineOf(((await once(call, 'data')) as [Streams.BatchAppendResp])[0]), /^4 Timeout/);
  call.write(part(60));
  t.match(lineOf(((await once(call, 'data')) as [Streams.BatchAppendResp])[0]), /^0@/);
  const ended = once(call, 'end');
  call.end();
  await ended;
});

void t.test('ends the call for a message above the limit', async (t) => {
  const { batches } = await open(t);
  batches.write(
    batchPart(
      randomUUID(),
      { stream: 'a', expected: 'any' },
      [{ data: new Uint8Array(17 * 1024 * 1024) }],
      true,
    ),
  );
  t.equal(await batches.end, 8);
});

function timestamp(ms: number): NonNullable<ReturnType<Streams.BatchAppendReq.Options['getDeadline']>> {
  const deadline = new timestampMessages.Timestamp();
  deadline.setSeconds(Math.floor(ms / 1000));
  deadline.setNanos(Math.floor((ms % 1000) * 1e6));
  return deadline;
}

void t.test(
  "reports the reason for a refusal, in EventStoreDB's words for an empty event type",
  async (t) => {
    const { batches } = await open(t);
    t.match(await batches.send('a-1', 'any', [{ type: '' }]), /^3 BadRequest .*BadRequest$/);
    const details = batches.answers[0]?.getError()?.getDetails()?.getValue_asU8() ?? new Uint8Array();
    t.equal(
      shared.BadRequest.deserializeBinary(details).getMessage(),
      "Empty eventType provided. (Parameter 'eventType')",
    );
  },
);
