import { PassThrough } from 'node:stream';
import t from 'tap';
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
