import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import t from 'tap';

const MAIN = resolve(import.meta.dirname, '../main.js');

void t.test('a request that names no tests is refused in one line, and runs nothing', (t) => {
  for (const [words, problem] of [
    [['--shard', '6/5'], /^--shard: 6\/5 is not a part/],
    [['--shard'], /--shard/],
    [['--changed', 'no-such-revision'], /^--changed: there is no revision no-such-revision/],
    [['--repeat', '0'], /^--repeat: 0 is not a number/],
    [['--record', '--repeat', '2'], /^--record: not with --repeat/],
    [['no-such-test'], /^There is no test .* begins with no-such-test/],
    [['--no-such-option'], /--no-such-option/],
  ] as const) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...words], {
      cwd: join(import.meta.dirname, '../../..'),
      encoding: 'utf8',
    });
    t.same([status, stdout, stderr.trim().split('\n').length], [2, '', 1], words.join(' '));
    t.match(stderr, problem);
  }
  t.end();
});
