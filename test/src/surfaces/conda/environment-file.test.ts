import t from 'tap';
import { environmentYaml } from '#src/surfaces/conda/environment-view.js';
import { readEnvironmentFile } from '#src/surfaces/conda/environment-file.js';

void t.test('an environment.yml is read as conda writes it', async (t) => {
  const text =
    'name: old\nprefix: /opt/conda/envs/old\nchannels:\n  - conda-forge\n  - nodefaults\ndependencies:\n  - python=3.11.9=h1\n  - numpy>=1.24\n  - pip\n  - pip:\n    - requests>=2.31\n';
  t.same(readEnvironmentFile(text), { specs: ['python=3.11.9=h1', 'numpy>=1.24', 'pip'], pip: ['requests>=2.31'], channels: ['conda-forge'] });
  t.same(readEnvironmentFile('dependencies: []'), { specs: [], pip: [] });
});

void t.test('name and prefix count for nothing, whatever they are', async (t) => {
  for (const name of ['null', '2024', '1.10', 'true', '', '[a]'])
    t.same(readEnvironmentFile(`name: ${name}\nprefix: ${name}\ndependencies:\n  - python\n`), { specs: ['python'], pip: [] }, name);
});

void t.test('what is exported is read as what was asked for, and pip itself where it installs something', async (t) => {
  const wanted = { specs: ['python=3.11', 'numpy >=1,<2'], pip: ['requests[socks]>=2'] };
  t.same(readEnvironmentFile(environmentYaml('a: "b"', wanted, ['https://c.example/x'])), {
    ...wanted,
    specs: [...wanted.specs, 'pip'],
    channels: ['https://c.example/x'],
  });
});

void t.test('what is no such file is refused, and the place named', async (t) => {
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
  for (const [text, message] of refused) t.throws(() => readEnvironmentFile(text), { code: 'MUSTER_E_INVALID', message }, text.slice(0, 40));
});
