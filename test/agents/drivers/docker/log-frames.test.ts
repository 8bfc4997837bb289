import fc from 'fast-check';
import t from 'tap';
import { logFrames } from '#agents/drivers/docker/log-frames.js';

void t.test('however the stream is cut, the bytes of its frames come out in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40 })), fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), async (contents, cuts) => {
      const whole = Buffer.concat(
        contents.map((content) => {
          const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
          header.writeUInt32BE(content.length, 4);
          return Buffer.concat([header, content]);
        }),
      );
      async function* pieces() {
        for (let from = 0, turn = 0; from < whole.length; turn += 1) {
          const length = cuts[turn % cuts.length] ?? 1;
          yield whole.subarray(from, from + length);
          from += length;
        }
      }
      const read: Uint8Array[] = [];
      for await (const part of logFrames(pieces())) read.push(part);
      return Buffer.concat(read).equals(Buffer.concat(contents));
    }),
  );
});
