import t from 'tap';
import { containerOutput } from '#agents/drivers/docker/container-output.js';
import { framedStreams } from '#agents/drivers/docker/log-frames.js';

const STREAMS = { stdout: 1, stderr: 2 } as const;

async function* framed(...pieces: readonly (readonly [keyof typeof STREAMS, string])[]): AsyncGenerator<Uint8Array> {
  for (const [stream, text] of pieces) {
    const header = Buffer.from([STREAMS[stream], 0, 0, 0, 0, 0, 0, 0]);
    header.writeUInt32BE(Buffer.byteLength(text), 4);
    yield Buffer.concat([header, Buffer.from(text)]);
  }
}

void t.test('the end of each stream is given, and which was written to last', async (t) => {
  const written = framedStreams(framed(['stdout', 'one\n'], ['stderr', 'wrong\n'], ['stdout', 'two\n']));
  t.same(await containerOutput(written), { stdout: 'one\ntwo\n', stderr: 'wrong\n', last: 'stdout' });
  t.equal(await containerOutput(framedStreams(framed())), undefined);
});

void t.test('of what is too long the end is given, each stream has at least half of the room, and no character is cut', async (t) => {
  const long = (letter: string): string => letter.repeat(5000);
  const most = await containerOutput(framedStreams(framed(['stdout', long('a')], ['stdout', long('ä')], ['stderr', 'wrong'])));
  t.equal(most?.stdout, 'ä'.repeat((8192 - 'wrong'.length - 1) / 2));
  t.equal(most?.stderr, 'wrong');
  const halves = await containerOutput(framedStreams(framed(['stdout', long('a')], ['stderr', long('b')])));
  t.same(halves, { stdout: 'a'.repeat(4096), stderr: 'b'.repeat(4096), last: 'stderr' });
});
