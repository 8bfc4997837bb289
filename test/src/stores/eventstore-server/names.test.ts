import t from 'tap';
import { readUuid, streamIdentifier, streamNameOf, writeUuid } from '#src/stores/eventstore-server/names.js';
import { shared } from '#src/stores/eventstore-server/stubs.js';

const ID = '0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9';
const text = (value: string) => new shared.UUID().setString(value);

void t.test('decodes stream names from bytes and refuses an empty one', async (t) => {
  for (const name of ['job-a', '$$job-a', '$', '作业']) t.equal(streamNameOf(streamIdentifier(name)), name);
  for (const name of ['', '$$', 'job-a\0', '\0', '$$job-\0a'])
    t.throws(() => streamNameOf(streamIdentifier(name)), {
      name: 'WireStatus',
      message: 'Exception was thrown by handler.',
    });
  t.throws(() => streamNameOf(undefined), { name: 'WireStatus' });
  t.equal(streamNameOf(new shared.StreamIdentifier().setStreamName(Buffer.from([0x61, 0xff]))), 'a\ufffd');
});

void t.test('parses an id in every form of EventStoreDB', async (t) => {
  const bare = ID.replaceAll('-', '');
  for (const form of [
    ID,
    ID.toUpperCase(),
    bare,
    bare.toUpperCase(),
    `{${ID}}`,
    `(${ID})`,
    `{ ${ID} }`,
    ` ${ID} `,
  ])
    t.equal(readUuid(text(form)), ID, form);
  for (const none of [
    '',
    '{}',
    `{${bare}}`,
    `(${bare})`,
    `{${ID}`,
    `${ID})`,
    `${ID}0`,
    ID.slice(1),
    'x'.repeat(32),
    `${bare}0`,
    bare.slice(1),
  ])
    t.equal(readUuid(text(none)), undefined, none);
  for (const nil of ['00000000-0000-0000-0000-000000000000', '0'.repeat(32)])
    t.equal(readUuid(text(nil)), undefined);
  t.equal(readUuid(undefined), undefined);
});

void t.test('parses and writes ids as two 64-bit halves, with negative or zero-padded values', async (t) => {
  for (const id of [
    ID,
    'ffffffff-ffff-ffff-8000-000000000000',
    '00000000-0000-0001-0000-000000000002',
    '80000000-0000-0000-7fff-ffffffffffff',
  ]) {
    t.equal(readUuid(writeUuid(id, true)), id);
    t.ok(writeUuid(id, true).hasStructured());
    t.notOk(writeUuid(id, false).hasStructured());
    t.equal(readUuid(writeUuid(id, false)), id);
  }
  const written = writeUuid('00000000-0000-0001-ffff-ffffffffffff', true).getStructured();
  t.strictSame([written?.getMostSignificantBits(), written?.getLeastSignificantBits()], ['1', '-1']);
  t.equal(writeUuid('anything', false).getString(), 'anything', 'a string id is written unchanged');
  t.equal(
    readUuid(new shared.UUID().setStructured(new shared.UUID.Structured())),
    undefined,
    'a nil id is read as undefined',
  );
});
