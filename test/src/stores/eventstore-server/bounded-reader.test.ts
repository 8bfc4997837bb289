import fc from 'fast-check';
import t from 'tap';
import { BoundedReader, parseRequest } from '#src/stores/eventstore-server/bounded-reader.js';
import { streams } from '#src/stores/eventstore-server/stubs.js';
import {
  allRead,
  appendEvent,
  appendOptions,
  batchPart,
  filterOf,
  streamRead,
} from '../../../fixtures/raw-wire.js';

const BATCH = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
const KNOWN = [
  [streams.ReadReq, streamRead('stream', 1, { backwards: true })],
  [streams.ReadReq, allRead([1, 1], { filter: filterOf({ on: 'type', regex: '^a|b$', window: 5 }) })],
  [streams.AppendReq, appendOptions('stream', 'any')],
  [streams.AppendReq, appendEvent({ data: '{"a":1}' })],
  [streams.BatchAppendReq, batchPart(BATCH, { stream: 'stream', expected: 3 }, [{}, {}], true)],
] as const;

void t.test('reads what clients send as their own library does', (t) => {
  for (const [type, message] of KNOWN) {
    const bytes = message.serializeBinary();
    t.same(parseRequest<{ toObject(): object }>(type, bytes).toObject(), message.toObject());
  }
  t.end();
});

void t.test('refuses a message that ends within a field', (t) => {
  for (const [, message] of KNOWN) {
    const bytes = message.serializeBinary();
    t.throws(() => new BoundedReader(bytes.subarray(0, bytes.length - 1)), { name: 'RangeError' });
  }
  t.end();
});

void t.test('refuses groups, unknown wire types and numbers of more than 64 bits', (t) => {
  for (const bytes of [[0x0b], [0x0c], [0x0e], [0x0f], [0x08], [0x08, ...Array<number>(10).fill(0x80), 1]])
    t.throws(() => new BoundedReader(Uint8Array.from(bytes)), { name: 'RangeError' }, bytes.join(' '));
  t.end();
});

void t.test('messages with altered bytes are read or refused at once', (t) => {
  const turns = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 });
  let refused = 0;
  fc.assert(
    fc.property(fc.constantFrom(...KNOWN), turns, ([type, message], turns) => {
      const bytes = Uint8Array.from(message.serializeBinary());
      for (const [place, byte] of turns) bytes[place % bytes.length] = byte;
      try {
        parseRequest(type as typeof streams.ReadReq, bytes);
      } catch {
        refused += 1;
      }
    }),
    { numRuns: 5_000 },
  );
  t.ok(refused > 0, `${refused} were refused`);
  t.end();
});
