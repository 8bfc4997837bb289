import fc from 'fast-check';
import t from 'tap';
import { takesLessThan } from '../../../fixtures/processor-time.js';
import {
  BUILT_IN_TEMPLATES,
  connectionTo,
  fillWith,
  masked,
  render,
  type Renderable,
  type TemplateVariable,
  type VariableValue,
} from '#domain/services/template/index.js';

/** Deterministic bytes. */
const counted = (count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, index) => (index * 7) % 248);

const string = (name: string, more: Partial<TemplateVariable> = {}): TemplateVariable => ({
  name,
  type: 'string',
  description: '',
  ...more,
});

const database: Renderable = {
  config: {
    image: 'postgres:17',
    ports: [5432],
    environment: { USER: '{{DB_USER}}', URL: 'a{{DB_USER}}:{{DB_PASSWORD}}z' },
    args: ['{{DB_NAME}}'],
  },
  variables: [
    string('DB_USER'),
    string('DB_PASSWORD', { generate: 'password', secret: true }),
    string('DB_NAME', { default: 'app' }),
  ],
  connection: 'postgres://{{DB_USER}}:{{DB_PASSWORD}}@{{ENDPOINT}}/{{DB_NAME}}',
};

/** Texts that are syntax in some language. */
const HOSTILE = [
  '{{DB_NAME}}',
  '{{',
  '}}',
  '{{ENDPOINT}}',
  '$&',
  '$1',
  '${var.x}',
  '%{ if true }',
  '"',
  "'; rm -rf / #",
  '$(id)',
  '`id`',
  '\n- a: b\n',
  '", "x": "',
  '\\',
  'a\r\nb',
  '&x *x !!js/f',
  '# c',
  '//',
  '/* */',
  '<<EOF',
  '__proto__',
  ' ',
  '',
  '😀',
  '@',
  ':/?#[]',
];
const hostile = fc
  .oneof(
    fc.constantFrom(...HOSTILE),
    fc.array(fc.constantFrom(...HOSTILE), { maxLength: 4 }).map((parts) => parts.join('')),
    fc.string({ unit: 'grapheme' }),
  )
  .filter((text) => !text.includes('\0'));

void t.test('variables take provided values first, then defaults, then generated values', async (t) => {
  const { config, variables, connection } = render(database, { DB_USER: 'ada' }, counted);
  const password = 'AHOVcjqx4BIPWdkry5CJQXel';
  t.strictSame(config, {
    image: 'postgres:17',
    ports: [5432],
    environment: { USER: 'ada', URL: `aada:${password}z` },
    args: ['app'],
  });
  t.strictSame(variables, [
    { name: 'DB_USER', value: 'ada', from: 'given', secret: false },
    { name: 'DB_PASSWORD', value: password, from: 'generated', secret: true },
    { name: 'DB_NAME', value: 'app', from: 'default', secret: false },
  ]);
  t.equal(connectionTo(connection ?? '', '10.0.0.5:21034'), `postgres://ada:${password}@10.0.0.5:21034/app`);
});

void t.test('rendering with all values of an earlier rendering generates no new values', async (t) => {
  const first = render(database, { DB_USER: 'ada' }, counted);
  const kept = Object.fromEntries(first.variables.map(({ name, value }) => [name, value]));
  const noMore = (): Uint8Array => {
    throw new Error('nothing is to be generated');
  };
  t.strictSame(render(database, kept, noMore).config, first.config);
});

void t.test('the error lists all variables that need a value', async (t) => {
  const two = {
    ...database,
    variables: [string('DB_USER'), string('DB_PASSWORD'), string('DB_NAME', { required: false })],
  };
  t.throws(() => render(two, {}, counted), {
    code: 'MUSTER_E_TEMPLATE_VARIABLES_UNSET',
    message: 'these variables need a value: DB_USER, DB_PASSWORD',
  });
  t.strictSame(render(two, { DB_USER: 'a', DB_PASSWORD: 'b' }, counted).config['args'], ['']);
});

void t.test('the error lists variables that the template does not have', async (t) => {
  for (const given of [
    { DB_USER: 'a', DBNAME: 'b', X: 1 },
    { DB_USER: 'a', DBNAME: 'b', toString: 'c' },
  ])
    t.throws(() => render(database, given, counted), {
      code: 'MUSTER_E_TEMPLATE_VARIABLE_UNKNOWN',
      message: /DBNAME, (X|toString)$/,
    });
});

void t.test('a value must match the type of its variable, and is filled in as text', async (t) => {
  const of = (type: TemplateVariable['type'], value: VariableValue) => {
    const typed: Renderable = {
      config: { args: ['{{X}}'] },
      variables: [{ name: 'X', type, description: '' }],
      connection: undefined,
    };
    return render(typed, { X: value }, counted).config['args'];
  };
  t.strictSame(
    [
      of('int', 5),
      of('int', '-12'),
      of('int', 0),
      of('int', '1.0'),
      of('bool', true),
      of('bool', 'false'),
      of('string', '5'),
      of('string', 5),
    ],
    [['5'], ['-12'], ['0'], ['1'], ['true'], ['false'], ['5'], ['5']],
  );
  const wrong: readonly [TemplateVariable['type'], VariableValue][] = [
    ['int', 1.5],
    ['int', '1e3'],
    ['int', '0x10'],
    ['int', '007'],
    ['int', ''],
    ['int', ' 5'],
    ['int', '5\n'],
    ['int', true],
    ['int', Number.NaN],
    ['int', 1e21],
    ['bool', 1],
    ['bool', 'yes'],
    ['bool', ''],
    ['string', true],
    ['string', 'a\0b'],
    ['string', 'a\ud800'],
    ['string', 'x'.repeat(32_769)],
  ];
  for (const [type, value] of wrong)
    t.throws(
      () => of(type, value),
      { code: 'MUSTER_E_TEMPLATE_VARIABLE_INVALID', message: /^X: (must|is not)/ },
      `${type} ${String(value).slice(0, 20)}`,
    );
});

void t.test('text that only resembles a placeholder is left unchanged', async (t) => {
  const odd = [
    '{{ X }}',
    '{{x}}',
    '{{X',
    '{X}',
    '{{X.Y}}',
    '{{ env "X" }}',
    '{{end}}',
    '{{-X-}}',
    '{{1X}}',
    '$X',
  ];
  const { config } = render(
    { config: { args: odd }, variables: [string('X')], connection: undefined },
    { X: 'filled' },
    counted,
  );
  t.strictSame(config['args'], odd);
});

void t.test('any value is inserted unchanged, and does not affect the rest of the config', async (t) => {
  fc.assert(
    fc.property(hostile, hostile, hostile, (user, word, name) => {
      const { config } = render(database, { DB_USER: user, DB_PASSWORD: word, DB_NAME: name }, counted);
      t.strictSame(config, {
        image: 'postgres:17',
        ports: [5432],
        environment: { USER: user, URL: `a${user}:${word}z` },
        args: [name],
      });
    }),
  );
});

void t.test('any value is encoded as one part of the connection string, and decodes unchanged', async (t) => {
  fc.assert(
    fc.property(hostile, hostile, hostile, (user, word, name) => {
      const { connection = '' } = render(
        database,
        { DB_USER: user, DB_PASSWORD: word, DB_NAME: name },
        counted,
      );
      const parts = /^postgres:\/\/([^:@/?#]*):([^:@/?#]*)@10\.0\.0\.5:21034\/([^:@/?#]*)$/.exec(
        connectionTo(connection, '10.0.0.5:21034'),
      );
      t.strictSame(parts?.slice(1).map(decodeURIComponent), [user, word, name]);
    }),
  );
});

void t.test('any value is inserted unchanged into a parsed job file', async (t) => {
  fc.assert(
    fc.property(hostile, (value) => {
      const { variables } = render(database, { DB_USER: value }, counted);
      t.strictSame(
        fillWith(
          { env: { A: '{{DB_USER}}', B: 'b' }, count: 2, deep: [[null, true, '<{{DB_USER}}>']] },
          variables,
        ),
        {
          env: { A: value, B: 'b' },
          count: 2,
          deep: [[null, true, `<${value}>`]],
        },
      );
    }),
  );
});

void t.test('the values of secrets are masked, unless they are empty', async (t) => {
  const shown = masked([
    { name: 'A', value: 'x', secret: true },
    { name: 'B', value: 'y', secret: false },
    { name: 'C', value: '', secret: true },
  ]);
  t.strictSame(
    shown.map(({ value }) => value),
    ['***', 'y', ''],
  );
});

void t.test('each built-in template renders without provided values, with no placeholder left', async (t) => {
  for (const template of BUILT_IN_TEMPLATES) {
    const { config, connection } = render(template, {}, counted);
    t.notMatch(JSON.stringify(config), '{{', template.name);
    t.notMatch(connectionTo(connection ?? '{{', 'node:1'), '{{', template.name);
  }
});

void t.test('values that are repeated too often are refused before they use up memory', async (t) => {
  const data = { args: Array.from({ length: 1000 }, () => '{{A}}'.repeat(6000)) };
  const set = [{ name: 'A', value: 'x'.repeat(32_000), from: 'given', secret: false }] as const;
  await takesLessThan(t, 1000, 'the refusal', () =>
    t.throws(() => fillWith(data, set), { code: 'MUSTER_E_INVALID' }),
  );
});
