import t from 'tap';
import { BuildLog } from '#agents/drivers/conda/build-log.js';
import { MAX_BUILD_LOG, type BuildResult } from '#domain/drivers/conda/index.js';
import { MAX_RESULT_BYTES } from '#domain/drivers/index.js';

const failed = (error: string): BuildResult => ({ outcome: 'failed', step: 'solve', failed: [], error });
const logOf = (...lines: string[]): BuildLog => {
  const log = new BuildLog();
  for (const line of lines) log.add(line);
  return log;
};

void t.test('includes a short log completely', async (t) => {
  t.same(logOf('one', 'two').within(failed('x')), { ...failed('x'), log: 'one\ntwo\n' });
});

void t.test(
  'cuts a long log at the beginning of a line, and reports how many bytes were dropped',
  async (t) => {
    const lines = Array.from({ length: 20_000 }, (_, line) => `line ${line}`);
    const { log = '' } = logOf(...lines).within(failed('x'));
    const [, dropped, rest = ''] =
      /^-- muster: (\d+) bytes of this log were dropped here --\n(line \d+\nline \d+\n[^]*)$/.exec(log) ?? [];
    t.equal(Number(dropped) + rest.length, lines.join('\n').length + 1);
    t.match(log, /\nline 19999\n$/);
    t.ok(log.length <= MAX_BUILD_LOG && log.length > 0.9 * MAX_BUILD_LOG, String(log.length));
  },
);

void t.test('a result with its log never exceeds the maximum size', async (t) => {
  for (const line of ['\u0001'.repeat(300), '😀'.repeat(100), '"'.repeat(200)])
    for (const error of ['', 'e'.repeat(MAX_RESULT_BYTES - 9000), 'e'.repeat(MAX_RESULT_BYTES - 500)]) {
      const result = logOf(...Array.from({ length: 2000 }, () => line)).within(failed(error));
      t.ok(Buffer.byteLength(JSON.stringify(result)) <= MAX_RESULT_BYTES);
      t.ok(error.length > 130_000 || (result.log ?? '').includes(`\n${line}\n`));
    }
});
