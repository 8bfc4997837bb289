import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import t from 'tap';

const GATE = resolve(import.meta.dirname, '../../../tools/ci/main.js');

/** With an empty `PATH`, the gate can run none of its steps. The limit ends one that begins nevertheless. */
const gate = (argument: string) =>
  spawnSync(process.execPath, [GATE, argument], {
    encoding: 'utf8',
    env: { PATH: '/nonexistent' },
    timeout: 20_000,
  });

void t.test('the gate says what it does instead of doing it', (t) => {
  for (const argument of ['--help', '-h']) {
    const { status, stdout, stderr } = gate(argument);
    t.strictSame([status, stderr], [0, '']);
    t.match(stdout, /^usage: node tools\/ci\/main\.js\n/);
  }
  t.end();
});

void t.test('the gate refuses unknown arguments', (t) => {
  const { status, stdout, stderr } = gate('smoke/production');
  t.strictSame([status, stdout], [2, '']);
  t.match(stderr, /^unknown argument smoke\/production\n\nusage: /);
  t.end();
});
