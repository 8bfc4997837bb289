import fc from 'fast-check';
import t from 'tap';
import { parse } from 'yaml';
import { loadConsole } from '../fixtures/load.js';

const { toYaml } = await loadConsole<{ readonly toYaml: (data: unknown) => string }>('parts/editor/yaml.ts');
const { offsetOf } = await loadConsole<{
  readonly offsetOf: (text: string, line: number, column: number) => number;
}>('parts/editor/offset.ts');

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    'true',
    'No',
    '1.10',
    '~',
    '- a',
    'a: b',
    "it's",
    'a\nb',
    ' a\n b',
    'a\n',
    '#x',
    '',
    'null',
    '0x1F',
    '.5',
    '2026-01-01',
  ),
  fc.array(fc.string({ maxLength: 8 }), { maxLength: 4 }).map((lines) => lines.join('\n')),
);
const { data } = fc.letrec((tie) => ({
  data: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('data'), { maxLength: 3 }),
    fc.dictionary(
      text.filter((name) => name !== '__proto__'),
      tie('data'),
      { maxKeys: 3 },
    ),
  ),
}));

void t.test('data written as YAML reads back unchanged', async (t) => {
  fc.assert(
    fc.property(data, (value) => {
      t.strictSame(parse(toYaml(value)), parse(JSON.stringify(value)));
    }),
    { numRuns: 300 },
  );
  t.equal(
    toYaml({ name: 'a b', tasks: [{ command: 'echo "x"', script: 'one\n  two', env: {} }] }),
    `
name: a b
tasks:
  - command: 'echo "x"'
    script: |-
      one
        two
    env: {}
`,
  );
});

void t.test('a line and a column are converted to an offset in the text', async (t) => {
  t.equal(offsetOf('ab\ncd\n', 2, 2), 4);
  t.equal(offsetOf('ab\ncd', 2, 99), 5, 'a column beyond the line gives the end of the line');
  t.equal(offsetOf('ab', 9, 1), 2, 'a line beyond the text gives the end of the text');
});
