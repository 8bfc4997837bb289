import fc from 'fast-check';
import t from 'tap';
import { decodePayload, encodePayload } from '#src/engine/event-store/payload.js';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

void t.test('returns any payload byte for byte and stores parsable JSON', async () => {
  const any = fc.record({
    bytes: fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map(bytesOf),
      fc.string({ unit: 'binary' }).map(bytesOf),
      fc.base64String().map((text) => bytesOf(`{"$octets":"${text}"}`)),
      fc.base64String().map((text) => bytesOf(`{"$octets":"${text}","json":true}`)),
    ),
    json: fc.boolean(),
  });
  fc.assert(
    fc.property(any, (payload) => {
      const text = encodePayload(payload);
      JSON.parse(text);
      const back = decodePayload(text);
      return Buffer.compare(back.bytes, payload.bytes) === 0 && back.json === payload.json;
    }),
    { numRuns: 2000 },
  );
  await Promise.resolve();
});

void t.test("returns Muster's own data unchanged", async (t) => {
  const text = '{"jobId":"ü","n":[1,2]}';
  t.equal(encodePayload({ bytes: bytesOf(text), json: true }), text);
  t.strictSame(Buffer.from(decodePayload(text).bytes).toString(), text);
  await Promise.resolve();
});
