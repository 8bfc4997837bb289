import { PassThrough } from 'node:stream';
import t from 'tap';
import type { OutputPart } from '#agents/checks/reach.js';
import { CommandSession } from '#agents/commands/command-session.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { CommandOutput } from '#domain/protocol/index.js';

void t.test('a command may be silent for days while its output is requested', async (t) => {
  let now = 0;
  const clock: Clock = {
    ...systemClock,
    monotonic: () => now,
    sleep: async (ms) => {
      now += ms * 10_000;
      await new Promise(setImmediate);
    },
  };
  const silence = new PassThrough();
  const abort = new AbortController();
  const command = {
    input: undefined,
    output: (async function* () {
      for await (const bytes of silence) yield { stream: 'stdout' as const, bytes: bytes as Uint8Array };
    })(),
    exitCode: Promise.resolve(0),
    resize: async () => undefined,
  };
  const session = new CommandSession('user:1', command, abort, clock);
  let chunk = 0;
  for (; now < 3 * 86_400_000; chunk += 1) t.strictSame(await session.next(chunk), []);
  t.notOk(abort.signal.aborted);
  silence.end('finished');
  const heard: CommandOutput[] = [];
  for (; heard.length < 2; chunk += 1) heard.push(...(await session.next(chunk)));
  t.strictSame(heard, [{ stdout: Buffer.from('finished').toString('base64') }, { exit_code: 0 }]);
});

void t.test('only one piece of input at a time waits for a program that does not read', async (t) => {
  const input = new PassThrough({ highWaterMark: 1 });
  const command = {
    input,
    output: (async function* (): AsyncGenerator<OutputPart> {
      // It prints nothing.
    })(),
    exitCode: Promise.resolve(0),
    resize: async () => undefined,
  };
  const session = new CommandSession('user:1', command, new AbortController(), systemClock);
  const data = Buffer.from('text').toString('base64');
  const send = async (number: number) => await session.input({ number, data, end: undefined });
  t.equal(await send(0), true);
  const waits = send(1);
  const from = performance.now();
  t.strictSame(
    await Promise.all(Array.from({ length: 20 }, async () => await send(1))),
    Array(20).fill(false),
  );
  t.ok(performance.now() - from < 1_000, 'the others return at once');
  input.resume();
  t.equal(await waits, true);
  t.strictSame(await Promise.all([send(2), send(1)]), [true, true], 'a piece that was written is not again');
});
