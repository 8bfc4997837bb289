import {
  condaDriver,
  condaSpec,
  lock,
  lockText,
  nameOf,
  packageUrl,
  pipRequirement,
  type Lock,
} from '#domain/drivers/conda/index.js';
import tap from 'tap';

const SHA = 'a'.repeat(64);
const LOCK: Lock = {
  version: 1,
  platform: 'linux-64',
  python: '3.11.9',
  channels: ['https://conda.example/forge/'],
  packages: [
    {
      name: 'numpy',
      version: '1.24.3',
      build: 'py311_0',
      channel: 0,
      subdir: 'linux-64',
      sha256: SHA,
      size: 10,
    },
  ],
  pip: [],
};

void tap.test('a conda package is accepted, but not an option, channel, URL or path', async (t) => {
  for (const spec of [
    'numpy',
    'numpy=1.24',
    'numpy >=1.2,<2',
    'numpy 1.24.*',
    'numpy==1.2=py39_0',
    'numpy 1.2 py39*',
    'numpy >=1.2,<2 py39_0',
    'matplotlib>=3.4.0',
    '_libgcc_mutex',
  ])
    t.ok(condaSpec.safeParse(spec).success, spec);
  for (const spec of [
    '',
    '-n',
    '--file=x',
    'git+https://x/y',
    './x',
    '/etc',
    'numpy -c evil',
    'numpy>=1 --file',
    'forge::numpy',
    'numpy[url=x]',
    'a b',
    'numpy\n',
    'numpy@1',
  ])
    t.notOk(condaSpec.safeParse(spec).success, spec);
});

void tap.test('a pip requirement is accepted, but not an option, URL, path or marker', async (t) => {
  for (const spec of ['requests', 'requests[socks]>=2.31,<3', 'Flask ~= 2.0', 'a'])
    t.ok(pipRequirement.safeParse(spec).success, spec);
  for (const spec of [
    '',
    '-r x',
    '--index-url=x',
    'x @ https://y',
    'git+https://x',
    './x',
    'x; python_version>"3"',
    'x\n-e .',
    'requests>=',
  ])
    t.notOk(pipRequirement.safeParse(spec).success, spec);
});

void tap.test('package names are normalized before they are compared', async (t) => {
  t.equal(nameOf('Flask_Cors.x >=2'), 'flask-cors-x');
  t.equal(nameOf('requests[socks]>=2'), 'requests');
});

void tap.test(
  'a lock has the same text for any field order, and yields the URL of each package',
  async (t) => {
    const { pip, packages, ...others } = LOCK;
    t.equal(lockText({ pip, packages, ...others }), lockText(LOCK));
    const [numpy] = LOCK.packages;
    t.equal(
      numpy && packageUrl(LOCK, numpy),
      'https://conda.example/forge/linux-64/numpy-1.24.3-py311_0.conda',
    );
    t.equal(
      numpy && packageUrl(LOCK, { ...numpy, file: 'numpy-1.tar.bz2' }),
      'https://conda.example/forge/linux-64/numpy-1.tar.bz2',
    );
  },
);

void tap.test('a lock refuses channel URLs that contain credentials', async (t) => {
  for (const channel of ['https://user:pass@conda.example/x', 'https://conda.example/x?token=1', 'ftp://x'])
    t.notOk(lock.safeParse({ ...LOCK, channels: [channel] }).success, channel);
});

void tap.test(
  'a conda task is a build or a run, and refuses fields that only the other accepts',
  async (t) => {
    const build = { action: 'build', specs: ['numpy'], pip: [], channels: ['conda-forge'] };
    const run = { action: 'run', lock: SHA, script: { content: 'print(1)' } };
    for (const config of [
      build,
      { ...build, base: LOCK, plan: true },
      run,
      { ...run, script: { path: '/srv/x.py' }, give_output: true },
    ])
      t.ok(condaDriver.config.safeParse(config).success, JSON.stringify(config));
    for (const config of [
      { ...build, script: 'x' },
      { ...run, specs: [] },
      { ...run, script: { path: 'x.py' } },
      { ...run, lock: '../x' },
      { ...build, channels: ['--x'] },
    ])
      t.notOk(condaDriver.config.safeParse(config).success, JSON.stringify(config));
  },
);
