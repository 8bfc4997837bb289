import { Readable } from 'node:stream';
import t from 'tap';
import { followProgress } from '#agents/drivers/docker/daemon-stream.js';

const FAILED = '{"errorDetail":{"message":"no space left on device"},"error":"no space left on device"}';
const FINE = '{"status":"Pulling fs layer","progressDetail":{},"id":"5f3c"}';

const progressOf = (...pieces: readonly (string | Buffer)[]): Readable =>
  Readable.from(
    pieces.map((piece) => Buffer.from(piece)),
    { objectMode: false },
  );

void t.test('progress without an error is followed to its end', async (t) => {
  for (const pieces of [
    [],
    [`${FINE}\r\n${FINE}\r\n`],
    [FINE],
    ['\n\n', FINE.slice(0, 9), FINE.slice(9), '\n'],
    ['{"status":"error: only in words"}\n'],
    ['{"stream":"Step 1/1"}\n{"aux":{"ID":"sha256:1"}}\n'],
  ])
    await t.resolves(followProgress(progressOf(...pieces)), pieces.join('|'));
});

void t.test('progress fails with the error that one of its lines reports', async (t) => {
  for (const pieces of [
    [`${FINE}\r\n${FAILED}\r\n`],
    [`${FINE}\n${FAILED}`],
    [FINE, '\n', FAILED.slice(0, 30), FAILED.slice(30)],
    [`${FAILED}\n${FINE}\n`],
    ['{"error":"no space left on device"}\n'],
    ['{"errorDetail":{"code":1,"message":"no space left on device"}}\n'],
  ])
    await t.rejects(
      followProgress(progressOf(...pieces)),
      { message: 'no space left on device' },
      pieces.join('|'),
    );
  const split = Buffer.from('{"error":"für arm64"}');
  await t.rejects(followProgress(progressOf(split.subarray(0, 11), split.subarray(11))), {
    message: 'für arm64',
  });
});

void t.test('progress that cannot be read is no success', async (t) => {
  await t.rejects(followProgress(progressOf('<html>a proxy</html>\n')), SyntaxError);
  await t.rejects(followProgress(progressOf(FINE.slice(0, 20))), SyntaxError, 'it was cut off');
  await t.rejects(followProgress(progressOf('{"errorDetail":{}}\n')), /without a message/);
  await t.rejects(followProgress(progressOf('x'.repeat(1_048_577))), /too long/);
  const lost = new Readable({ read: () => undefined });
  lost.push(`${FINE}\n`);
  setImmediate(() => lost.destroy(new Error('aborted')));
  await t.rejects(followProgress(lost), /aborted/);
});
