import t from 'tap';
import { environmentYaml, explicitList } from '#src/surfaces/environments/environment-view.js';
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

void t.test(
  'parses an exported explicit list to exactly its packages, for each kind of generation',
  async (t) => {
    const sha256 = 'a'.repeat(64);
    const conda = { channel: 0, subdir: 'linux-64', sha256, size: 1 };
    const packages = [
      { ...conda, name: 'python', version: '3.11.9', build: 'h1_0' },
      {
        ...conda,
        name: 'ca-certificates',
        version: '1!2026.1',
        build: '0',
        file: 'ca-certificates-1!2026.1-0.tar.bz2',
      },
    ];
    const pip = [
      { name: 'requests', version: '2.31.0', url: 'https://p.example/requests.whl', sha256, size: 1 },
    ];
    const lock = {
      version: 1,
      platform: 'linux-64',
      channels: ['https://c.example/forge/'],
      packages,
      pip: [],
    };
    const read = {
      specs: ['python==3.11.9=h1_0', 'ca-certificates==1!2026.1=0'],
      channels: ['https://c.example/forge'],
    };
    t.same(readEnvironmentFile(explicitList(lock)), { ...read, pip: [] });
    t.same(readEnvironmentFile(explicitList({ ...lock, pip })), { ...read, pip: ['requests==2.31.0'] });
    t.same(readEnvironmentFile(explicitList({ ...lock, packages: [], pip })), {
      specs: [],
      pip: ['requests==2.31.0'],
    });
    const md5 =
      '@EXPLICIT\nhttps://c.example/forge/noarch/six-1.16.0-py_0.conda#0123456789abcdef0123456789abcdef\n';
    t.match(readEnvironmentFile(md5), { specs: ['six==1.16.0=py_0'] });
    t.throws(() => readEnvironmentFile('@EXPLICIT\nsix\n'), /line 2: must be the URL of a conda package/);
  },
);

void t.test('says what files of other programs are not', async (t) => {
  for (const text of ['requests==2.31\nsix', 'version: 1\npackage: []', '- a'])
    t.throws(
      () => readEnvironmentFile(text),
      /dependencies: is missing. The file must be an environment.yml/,
    );
});

void t.test('reports where the error is in an invalid file', async (t) => {
  const refused: readonly (readonly [string, RegExp])[] = [
    [
      'dependencies: [',
      /environment_yml: line 1, column 16: is indented too little, or a bracket before it is not closed/,
    ],
    ['dependencies: *missing', /environment_yml: an alias \(\*name\) has no anchor \(&name\) before it/],
    ['dependencies: 1', /environment_yml: dependencies: must be a list, not a number/],
    ['', /environment_yml: /],
    ['name: x', /environment_yml: dependencies: /],
    ['dependencies:\n  - -n\n', /dependencies\[0\]: must be a package name/],
    [
      'dependencies:\n  - pip:\n    - git+https://x/y\n',
      /dependencies\[0\]\.pip\[0\]: must be a package name/,
    ],
    ['dependencies:\n  - numpy\nvariables:\n  A: b\n', /variables/],
    [
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\ndependencies: [*c,*c,*c,*c,*c,*c,*c,*c,*c]`,
      /environment_yml: its aliases \(\*name\) expand to far more than the text/,
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
