import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';

const RATCHET = resolve(import.meta.dirname, '../../../tools/ratchet.js');

void t.test('a figure that falls is written down, and one that rises is an error that names it', (t) => {
  const root = t.testdir({
    'package.json': '{"scripts": {"test": "true"}}',
    tools: {
      'ratchet.json': JSON.stringify({
        'characters in src': 1_000,
        'functions over 100 lines': 0,
        'loose files in src': 1,
        'modules of agents outside agents/platform/ that src uses': 1,
        'scripts in package.json': 1,
      }),
    },
    src: {
      'app.ts': "import { a } from '#agents/journal/a.js';\nimport { b } from '#agents/platform/b.js';\n",
    },
  });
  const run = () => spawnSync(process.execPath, [RATCHET, root], { encoding: 'utf8' });
  const figures = (): Record<string, number> =>
    JSON.parse(readFileSync(join(root, 'tools/ratchet.json'), 'utf8')) as Record<string, number>;
  const fell = run();
  t.equal(fell.status, 0, fell.stderr);
  t.match(fell.stdout, /Figures fell/);
  const { 'characters in src': characters = 0 } = figures();
  t.ok(characters > 50 && characters < 1_000);
  t.equal(figures()['modules of agents outside agents/platform/ that src uses'], 1);
  t.equal(run().stdout, '', 'nothing changes');

  writeFileSync(join(root, 'src/long.ts'), `export function long() {\n${'  // A line.\n'.repeat(120)}}\n`);
  const rose = run();
  t.equal(rose.status, 1);
  for (const name of [
    'characters in src',
    'functions over 100 lines: 1, at most 0',
    'loose files in src: 2, at most 1',
  ])
    t.match(rose.stderr, name);
  t.equal(figures()['loose files in src'], 1, 'the file is unchanged');
  t.end();
});
