import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import t from 'tap';
import { shellLine } from '#src/cli/shared/shell-words.js';

const runBySh = (line: string): string => execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' });

void t.test('a shell runs exactly the words', async (t) => {
  const words = [
    'a  b',
    '$HOME',
    "it's",
    '*',
    '',
    '-n',
    'A=b',
    '\\',
    '"',
    '`id`',
    '~',
    '#',
    '!',
    'ü',
    'a\nb',
  ];
  t.equal(runBySh(shellLine(['printf', '<%s>', ...words])), words.map((word) => `<${word}>`).join(''));
  t.equal(runBySh(shellLine(['sh', '-c', 'echo "a  b"'])), 'a  b\n');
  const word = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (words) => {
      t.equal(
        runBySh(shellLine(['printf', '<%s>', ...words])),
        Buffer.from(words.map((word) => `<${word}>`).join('')).toString(),
      );
    }),
    { numRuns: 50 },
  );
});

void t.test('a first word is a program, even if it looks like a keyword or an assignment', async (t) => {
  for (const word of ['if', '{', '!', 'A=b', 'while'])
    t.equal(spawnSync('/bin/sh', ['-c', shellLine([word, 'x'])]).status, 127, word);
});

void t.test('one word is a line', async (t) => {
  t.equal(shellLine(['echo "a  b" | tr a-z A-Z']), 'echo "a  b" | tr a-z A-Z');
  t.equal(shellLine(['./load.sh', '--from', '2026-01-01']), './load.sh --from 2026-01-01');
});
