import { chmodSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { makeChannel, modulePackage, pythonPackage } from '../fixtures/conda/channel.js';
import { condaTools } from '../fixtures/conda/tools.js';
import { cookieIn } from '../fixtures/cookie.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { muster } from '../fixtures/program.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

const PASSWORD = 'password123';

/** All packages that the tests use. `rival` conflicts with `numpy`. */
const PACKAGES = [
  pythonPackage(),
  ...['numpy', 'pandas', 'scipy'].map((name) => modulePackage(name)),
  modulePackage('matplotlib', { version: '3.7.1' }),
  modulePackage('rival', { depends: ['python', 'numpy <1'] }),
];

void t.test(
  'environments are built, changed, rolled back and deleted, and a build that is killed halfway loses nothing',
  async (t) => {
    const tools = await condaTools();
    if (
      !required(t, typeof tools !== 'string', typeof tools === 'string' ? tools : 'py-rattler') ||
      typeof tools === 'string'
    )
      return;
    const channel = await makeChannel(t, tools.bin, PACKAGES);
    const server = await startServer(t, {
      env: { MUSTER_ADMIN_PASSWORD: PASSWORD, MUSTER_NODE_TIMEOUT_SECONDS: '6' },
    });
    const env = {
      PATH: `${tools.bin}:/usr/local/bin:/usr/bin:/bin`,
      MUSTER_CONDA_CHANNELS: channel.url,
      MUSTER_HTTP_ALLOW: 'files.pythonhosted.org',
    };
    const folder = ownFolder(t);
    // Builds run as another user, who must be able to enter this folder.
    chmodSync(folder, 0o711);
    const agent = await startAgent(t, server, { env, dataDir: join(folder, 'agent') });
    const cookie = cookieIn(
      (await server.api.post('/login', { username: 'admin', password: PASSWORD })).headers,
    );
    const call = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) =>
      await server.api.call(method, `/api/conda${path}`, body, { headers: { cookie }, timeout: 120_000 });

    const made = await call('POST', '/environment', { name: 'data', packages: ['numpy'] });
    t.match(made, { status: 201, body: { success: true, environment: { name: 'data' } } });
    t.match((await call('GET', '/environment/data')).body, {
      generation: 1,
      backend: 'rattler',
      packages: [{ name: 'numpy' }, { name: 'python' }],
    });
    t.match((await call('GET', '/stats')).body, {
      total_environments: 1,
      backends: [{ backend: 'rattler', nodes: 1 }],
    });
    t.match((await call('GET', '/environment/data/generations/1/log')).text, /numpy/);

    t.match(await call('POST', '/environment/data/packages', { packages: ['matplotlib>=3.4.0'] }), {
      status: 200,
      body: { installed_packages: ['matplotlib>=3.4.0'] },
    });
    t.match(await call('POST', '/environment/data/packages', { packages: ['nope'] }), {
      status: 400,
      body: {
        message: 'Failed to install packages',
        failed_packages: ['nope'],
        error_details: ["Package 'nope' not found in available channels"],
        error: /nope/,
      },
    });
    t.match(await call('POST', '/environment/data/packages', { packages: ['rival'] }), {
      status: 400,
      body: {
        failed_packages: ['rival'],
        error_details: ["Package 'rival' has conflicts with existing packages"],
        error: /numpy/,
      },
    });
    t.match((await call('GET', '/environment/data/generations/1/diff/2')).body, {
      added: [{ name: 'matplotlib', version: '3.7.1' }],
      removed: [],
      changed: [],
    });
    t.match(await call('POST', '/environment/data/rollback', { generation: 1 }), { status: 200 });
    t.match(
      (await call('GET', '/environment/data/export')).text,
      /@EXPLICIT\n(.*\n)*http.*numpy-1\.0-py_0\.conda#sha256:[0-9a-f]{64}\n/,
    );
    t.match(await call('POST', '/environment', { name: 'broken', packages: ['nope'] }), {
      status: 400,
      body: { message: 'Failed to create environment' },
    });

    const changing = call('POST', '/environment/data/packages', { packages: ['scipy'] }).catch(
      () => undefined,
    );
    await eventually(async () => (await call('GET', '/environment/data/builds')).text.includes('scipy'));
    await Promise.all([server.kill(), agent.kill()]);
    await changing;
    await server.start();
    await agent.start();
    await eventually(async () => (await call('GET', '/environment/data')).text.includes('scipy'), {
      timeout: 60_000,
      what: 'the result of the interrupted build',
    });
    t.match((await call('GET', '/environment/data')).body, {
      packages: [{ name: 'numpy' }, { name: 'python' }, { name: 'scipy' }],
    });

    t.match(await call('DELETE', '/environment/data/packages', { packages: ['scipy'] }), { status: 200 });
    t.equal((await call('DELETE', '/environment/data')).status, 204);
    t.same((await call('GET', '/environments')).body, []);
    await invariantsHold(t, server);
  },
);

void t.test('environments can be managed from the command line, which prints tables', async (t) => {
  const tools = await condaTools();
  if (
    !required(t, typeof tools !== 'string', typeof tools === 'string' ? tools : 'py-rattler') ||
    typeof tools === 'string'
  )
    return;
  const channel = await makeChannel(t, tools.bin, PACKAGES);
  const server = await startServer(t, { env: { MUSTER_ADMIN_PASSWORD: PASSWORD } });
  const folder = ownFolder(t);
  chmodSync(folder, 0o711);
  const { token } = (
    await server.api.post<{ token: string }>('/api/auth/login', { username: 'admin', password: PASSWORD })
  ).body;
  const env = async (...args: string[]) =>
    await muster(['env', ...args], { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: token });

  t.match(await env('list'), { code: 0, stdout: 'ENVIRONMENT  PYTHON  PACKAGES  CREATED' });
  const waiting = env('create', 'data', 'numpy');
  await eventually(async () => (await env('builds', 'data')).stdout.includes(' placing '));
  await startAgent(t, server, {
    env: {
      PATH: `${tools.bin}:/usr/local/bin:/usr/bin:/bin`,
      MUSTER_CONDA_CHANNELS: channel.url,
      MUSTER_HTTP_ALLOW: 'files.pythonhosted.org',
    },
    dataDir: join(folder, 'agent'),
  });
  t.match(await waiting, { code: 0, stdout: 'data is ready' });
  t.match(await env('list'), {
    stdout: /^ENVIRONMENT {2}PYTHON +PACKAGES {2}CREATED\ndata +3\S+ +2 +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
  });
  t.match(await env('install', 'data', 'matplotlib'), { code: 0, stdout: 'Installed in data: matplotlib' });
  t.match(await env('install', 'data', 'nope'), {
    code: 1,
    stderr:
      /^Failed to install packages\nPackage 'nope' not found in available channels\n\n[^]*nope[^]*\(400\)$/,
  });
  t.match(await env('show', 'data'), {
    stdout:
      /^Environment +data\nGeneration +2\nPython +3\S+\nSolved by +rattler\nOn disk +\S+ GB\nCreated +\S+\n\nPACKAGE +VERSION\nmatplotlib +3\.7\.1\n/,
  });
  t.match(await env('generations', 'data'), {
    stdout: /^GENERATION {2}CURRENT {2}PYTHON +PACKAGES {2}DISK GB {2}CREATED +HASH\n2 +yes .*\n1 {12} .*$/,
  });
  t.match(await env('diff', 'data', '1', '2'), { stdout: '+ matplotlib 3.7.1' });
  t.match(await env('diff', 'data', '2', '2'), { stdout: 'Generations 2 and 2 have the same packages' });
  t.match(await env('builds', 'data'), {
    stdout:
      /^BUILD {2}KIND .*\n3 +install +failed +nope .* solve nope\n2 +install +built +matplotlib .*\n1 +create +built +python numpy .*$/,
  });
  t.match(await env('plan', 'data', 'pandas>=1,<2', 'scipy'), {
    code: 0,
    stdout: '+ pandas 1.0\n+ scipy 1.0',
  });
  t.match(await env('plan', 'data', 'numpy'), { stdout: 'Nothing would change in data' });
  t.match(await env('plan', 'data', 'rival'), {
    code: 1,
    stderr: /Package 'rival' has conflicts with existing packages/,
  });
  t.match(
    await env('generations', 'data'),
    { stdout: /^GENERATION.*\n2 +yes .*\n1 .*$/ },
    'nothing was built',
  );
  t.match(await env('log', 'data', '1'), { code: 0, stdout: /numpy/ });
  t.match(await env('log', 'data', '1', '-f'), { code: 0, stdout: /numpy/ });
  t.match(await env('log', 'data', '1', '-t'), { code: 0, stdout: /^\d{4}-\d\d-\d\dT[\d:.]+Z .*numpy/m });
  t.match(await env('log', 'data', '1', '--until', '2020-01-01T00:00:00Z'), { code: 0, stdout: /^$/ });
  const [first = ''] = (await env('log', 'data', '1', '-o', 'json')).stdout.split('\n');
  t.match(JSON.parse(first), { environment: 'data', build: '1', time: /Z$/, line: String });
  t.match(await env('rollback', 'data', '1'), { stdout: 'data is now at generation 1' });
  t.match(await env('export', 'data', '--format', 'yaml'), {
    stdout: /^name: "data"\nchannels:\n {2}- "http.*"\ndependencies:\n {2}- "python"\n {2}- "numpy"$/,
  });
  for (const [format, file, name] of [
    ['lock', 'data.lock', 'same'],
    ['yaml', 'data.yml', 'alike'],
  ] as const) {
    await writeFile(join(folder, file), (await env('export', 'data', '--format', format)).stdout);
    t.match(await env('create', name, '-f', join(folder, file)), { code: 0, stdout: `${name} is ready` });
    t.match(await env('create', `${name}2`, 'numpy', '-f', join(folder, file)), {
      code: 1,
      stderr: /packages: cannot be combined with/,
    });
  }
  const hashes = (
    await Promise.all(['data', 'same'].map(async (name) => await env('generations', name)))
  ).map(({ stdout }) => stdout.match(/^1 .*(\w{12})$/m)?.[1]);
  t.equal(hashes[0], hashes[1], 'the same lock gives the same environment');
  t.match(await env('export', 'data', '--format', 'x'), {
    code: 1,
    stderr: /--format x: must be one of explicit, yaml, lock/,
  });
  t.match(await env('rename', 'data', 'more'), { stdout: 'data renamed to more' });
  t.match(await env('remove', 'more', 'nope'), { code: 1, stderr: /Package 'nope' is not installed/ });
  t.match(await env('remove', 'more', 'numpy'), { code: 0, stdout: 'Removed from more: numpy' });
  t.match(await env('delete', 'more'), { code: 1, stderr: /not a terminal: pass --yes/ });
  t.match(await env('delete', 'more', '--yes'), { code: 0, stdout: 'more deleted' });
  t.match(await env('show', 'more'), { code: 1, stderr: /Environment not found \(404\)/ });
});
