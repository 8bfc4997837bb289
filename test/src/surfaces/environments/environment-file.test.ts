import t from 'tap';
import { environmentYaml } from '#src/surfaces/environments/environment-view.js';
import { readEnvironmentFile } from '#src/surfaces/environments/environment-file.js';
import { takesLessThan } from '../../../fixtures/processor-time.js';

void t.test('parses an environment.yml as conda writes it', async (t) => {
  const text =
    'name: old\nprefix: /opt/conda/envs/old\nchannels:\n  - conda-forge\n  - nodefaults\ndependencies:\n  - python=3.11.9=h1\n  - numpy>=1.24\n  - pip\n  - pip:\n    - requests>=2.31\n';
  t.same(readEnvironmentFile(text), {
    specs: ['python=3.11.9=h1', 'numpy>=1.24', 'pip'],
    pip: ['requests>=2.31'],
    channels: ['conda-forge'],
  });
  t.same(readEnvironmentFile('dependencies: []'), { specs: [], pip: [] });
});

void t.test('ignores name and prefix', async (t) => {
  for (const name of ['null', '2024', '1.10', 'true', '', '[a]'])
    t.same(
      readEnvironmentFile(`name: ${name}\nprefix: ${name}\ndependencies:\n  - python\n`),
      { specs: ['python'], pip: [] },
      name,
    );
});

void t.test('parses an exported file to the original request, plus pip', async (t) => {
  const wanted = { specs: ['python=3.11', 'numpy >=1,<2'], pip: ['requests[socks]>=2'] };
  t.same(readEnvironmentFile(environmentYaml('a: "b"', wanted, ['https://c.example/x'])), {
    ...wanted,
    specs: [...wanted.specs, 'pip'],
    channels: ['https://c.example/x'],
  });
});

void t.test('reports where the error is in an invalid file', async (t) => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ['dependencies: [', /environment_yml: .*line 1/],
    ['', /environment_yml: /],
    ['name: x', /environment_yml: dependencies: /],
    ['dependencies:\n  - -n\n', /dependencies\.0: must be a package name/],
    ['dependencies:\n  - pip:\n    - git+https://x/y\n', /dependencies\.0/],
    ['dependencies:\n  - numpy\nvariables:\n  A: b\n', /variables/],
    [
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\ndependencies: [*c,*c,*c,*c,*c,*c,*c,*c,*c]`,
      /environment_yml: /,
    ],
  ];
  for (const [text, message] of refused)
    t.throws(() => readEnvironmentFile(text), { code: 'MUSTER_E_INVALID', message }, text.slice(0, 40));
});

void t.test('quickly refuses files that would be slow to parse', async (t) => {
  const lines = (count: number, line: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => line(index)).join('\n');
  const hostile = {
    'brackets that would end the process': '['.repeat(32_000),
    'brackets in lines': '[\n'.repeat(32_000),
    'brackets in few lines': `${'['.repeat(300)}\n`.repeat(200),
    'lists in lists': '- '.repeat(32_000),
    'lists in lists in lines': lines(1190, (index) => `${' '.repeat(index % 40)}- - -`),
    'deep indentation': lines(350, (index) => `${' '.repeat(index)}a:`),
    'keys of keys': '? '.repeat(32_000),
    keys: lines(9000, (index) => `a${index}:`),
    'one key many times': 'a: 1\n'.repeat(13_000),
    'keys in braces': `{${lines(9000, (index) => `a${index},`)}}`,
    errors: '}\n'.repeat(32_000),
    directives: '%A\n'.repeat(16_000),
    anchors: lines(5000, (index) => `b${index}: &a${index} x`),
    'mappings in one line': 'a: b: c: d: e\n'.repeat(4000),
  };
  for (const [what, text] of Object.entries(hostile)) {
    await takesLessThan(t, 500, what, () =>
      t.throws(
        () => readEnvironmentFile(text.slice(0, 65_536)),
        { code: 'MUSTER_E_INVALID', message: /environment_yml: / },
        what,
      ),
    );
  }
});
