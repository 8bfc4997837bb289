import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { parse } from 'yaml';
import { fieldLines, jsonText, printable, printableLines } from '#src/cli/shared/output.js';
import { tableLines } from '#src/cli/shared/table.js';
import { yamlText } from '#src/cli/shared/yaml-text.js';

const HOSTILE = `a\u009b2Jb\u001b[31m\u007f\u0085\nc`;

void t.test('escapes control characters, and leaves the parsed value of JSON unchanged', async (t) => {
  for (const text of [
    printable(HOSTILE),
    printableLines(HOSTILE),
    jsonText({ text: HOSTILE }),
    jsonText({ text: HOSTILE }, 2),
  ])
    t.notMatch(text.replaceAll('\n', ''), /[\u0000-\u001f\u007f-\u009f]/);
  t.same(JSON.parse(jsonText({ text: HOSTILE })), { text: HOSTILE });
  t.equal(jsonText(['\u009b']), '["\\u009b"]');
  t.equal(printableLines('a\nb'), 'a\nb');
});

/** Characters that change the direction of text or are invisible. */
const MISLEADING = [
  '\u202e',
  '\u202a',
  '\u2066',
  '\u2069',
  '\u200e',
  '\u200f',
  '\u061c',
  '\u200b',
  '\u2060',
  '\ufeff',
  '\u00ad',
  '\u2028',
  '\u{e0041}',
];

void t.test('escapes invisible characters and characters that change the direction of text', async (t) => {
  for (const character of MISLEADING) {
    const text = `a${character}b`;
    const shown = [
      printable(text),
      printableLines(`${text}\n${text}`),
      jsonText({ text }),
      ...tableLines(['NAME'], [[text]]),
      ...fieldLines([['Name', text]]),
    ];
    for (const each of shown)
      t.notOk(each.includes(character), `U+${character.codePointAt(0)?.toString(16)}`);
    t.same(JSON.parse(jsonText({ text }, 2)), { text }, 'the JSON is parsed to the same text');
  }
  t.equal(printable('\u202egnp.exe \u{e0041}'), '\\u202egnp.exe \\u{e0041}');
  for (const word of ['שלום', 'سلام', 'क्‍ष', '👩‍💻', 'naïve', '日本'])
    t.equal(printable(word), word, 'words of any language are shown unescaped');
});

void t.test('writes YAML that controls no terminal and is parsed to the same value', async (t) => {
  const value = {
    hostile: HOSTILE,
    misleading: MISLEADING.join('x'),
    script: 'echo a\n\techo b\n',
    list: [1, null, true, '1'],
  };
  const text = yamlText(value);
  t.same(parse(text), value);
  t.notMatch(text.replaceAll(/[\n\t]/g, ''), /[\u0000-\u001f\u007f-\u009f]/);
  for (const character of MISLEADING) t.notOk(text.includes(character));
  t.match(text, /script: \|\n/, 'scripts remain legible');
});

void t.test('keeps line breaks and tabs, and escapes nothing twice', async (t) => {
  t.equal(printableLines('a\tb\nc'), 'a\tb\nc');
  t.equal(printableLines(printable(HOSTILE)), printable(HOSTILE));
});

void t.test('commands write to the terminal only through the shared output module', async (t) => {
  const files = readdirSync('src/cli', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('generated/'))
    .map((file) => `src/cli/${file}`);
  t.ok(files.length > 50, `${files.length} files were found`);
  // Files that write to the terminal themselves: prompts, Muster's own text, progress lines, shell scripts.
  const own = [
    'src/cli/shared/output.ts',
    'src/cli/shared/secret-input.ts',
    'src/cli/server/openapi.ts',
    'src/cli/shared/progress.ts',
    'src/cli/server/completion.ts',
    'src/cli/server/complete-names.ts',
  ];
  t.same(
    files.filter(
      (file) =>
        !own.includes(file) &&
        /process\.(stdout|stderr)\.write|console\.(log|error|warn)/.test(readFileSync(file, 'utf8')),
    ),
    [],
  );
});
