import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import t, { type Test } from 'tap';
import type { Lock } from '#domain/drivers/conda/index.js';
import { modulePackage, pythonPackage, PLATFORM, type MadePackage } from '../../../fixtures/conda/channel.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder, processesUnder } from '../../../fixtures/folder.js';
import { canBeOthers } from '../../../fixtures/other-user.js';
import { condaOrder, condaScene, rattlerScene } from './scene.js';

t.setTimeout(240_000 * PATIENCE);

const PASSWORD = 'hunter22-of-the-channel';
const CREDENTIAL = `Basic ${Buffer.from(`me:${PASSWORD}`).toString('base64')}`;

/** Reads everything that a process of its user can read, and stores it for the test. */
const STEAL = (name: string): string =>
  `{ env; cat /proc/[0-9]*/environ; find "$HOME/../.." "$CONDA_PREFIX/../.." \\( -name .netrc -o -name 'rattler.json' -o -name authentication.json \\) -exec cat {} +; } 2>/dev/null >"$CONDA_PREFIX/${name}"\n`;

async function listening(
  t: Test,
  answer: RequestListener,
): Promise<{
  readonly url: string;
  readonly heard: { readonly url: string; readonly authorization?: string | undefined }[];
}> {
  const heard: { url: string; authorization?: string | undefined }[] = [];
  const server = createServer((request, response) => {
    heard.push({ url: request.url ?? '', authorization: request.headers.authorization });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => void server.close().closeAllConnections());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

function wheel(
  t: Test,
  name: string,
): { readonly bytes: Buffer; readonly file: string; readonly sha256: string } {
  const folder = ownFolder(t);
  const file = `${name}-1.0-py3-none-any.whl`;
  const code = `
import zipfile
with zipfile.ZipFile(${JSON.stringify(path.join(folder, file))}, "w") as z:
    z.writestr("${name}.py", "NAME = 1\\n")
    z.writestr("${name}-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: ${name}\\nVersion: 1.0\\n")
    z.writestr("${name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    z.writestr("${name}-1.0.dist-info/RECORD", "${name}.py,,\\n${name}-1.0.dist-info/METADATA,,\\n${name}-1.0.dist-info/WHEEL,,\\n${name}-1.0.dist-info/RECORD,,\\n")
`;
  execFileSync('python3', ['-c', code]);
  const bytes = readFileSync(path.join(folder, file));
  return { bytes, file, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** A lock from a client: the channel's packages as built before, and a wheel from any URL. */
const withWheel = (lock: Lock, url: string, sha256: string): Lock => ({
  ...lock,
  pip: [{ name: 'wheel-x', version: '1.0', url, sha256, size: 0 }],
});

void t.test("hides the node's credentials from package code", async (t) => {
  if (!canBeOthers()) return void t.pass('needs root');
  const spy = modulePackage('spy', {
    files: {
      'site-packages/spy.py': '',
      'etc/conda/activate.d/spy.sh': STEAL('stolen'),
    },
  });
  const open = await rattlerScene(t, [pythonPackage(), spy]);
  if (open === undefined) return;
  open.channel.demand(CREDENTIAL);
  const { build, dataDir } = await condaScene(t, [open.channel.url], {
    conda: {
      searched: `${open.bin}:/usr/bin:/bin`,
      channels: [open.channel.url],
      credentials: `127.0.0.1=me:${PASSWORD}`,
      environment: { HTTPS_PROXY: `http://me:${PASSWORD}@proxy.intern:3128` },
    },
  });
  const { result } = await build({ specs: ['spy'] });
  t.match(result, { outcome: 'built' });
  const stolen = readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter(
    (name) => path.basename(name) === 'stolen',
  );
  t.ok(stolen.length > 0);
  const text = await readFile(path.join(dataDir, stolen[0] ?? ''), 'utf8');
  t.match(text, /CONDA_PREFIX/, 'the script that steals credentials ran');
  t.notMatch(text, PASSWORD);
  t.notMatch(text, Buffer.from(`me:${PASSWORD}`).toString('base64'));
});

void t.test('refuses package URLs that HTTP tasks may not reach, even through redirects', async (t) => {
  const scene = await rattlerScene(t, [pythonPackage(), modulePackage('mod')]);
  if (scene === undefined) return;
  const { result } = await scene.build({ specs: ['mod'] });
  if (result.outcome !== 'built') throw new Error('no lock');
  const { file, sha256, bytes } = wheel(t, 'wheel_x');
  const inner = await listening(t, (_, response) => response.end(bytes));
  for (const url of [
    `${inner.url}/${file}`,
    inner.url.replace('127.0.0.1', 'localhost') + `/${file}`,
    inner.url.replace('127.0.0.1', '[::ffff:127.0.0.1]') + `/${file}`,
    `http://169.254.169.254/latest/${file}`,
    `http://10.1.2.3/${file}`,
    `file:///etc/${file}`,
  ]) {
    const { result: refused } = await scene.build({ lock: withWheel(result.lock, url, sha256) }, 'failed');
    t.match(refused, { outcome: 'failed', step: 'pip', failed: [{ name: 'wheel-x' }] }, url);
  }
  const index = await listening(t, (_, response) =>
    response.writeHead(302, { location: `${inner.url}/${file}` }).end(),
  );
  const known = await condaScene(t, [scene.channel.url], {
    conda: {
      searched: `${scene.bin}:/usr/bin:/bin`,
      channels: [scene.channel.url],
      pipIndex: `${index.url}/simple`,
    },
  });
  const redirected = await known.build(
    { lock: withWheel(result.lock, `${index.url}/${file}`, sha256) },
    'failed',
  );
  t.match(redirected.result, { outcome: 'failed', step: 'pip', error: /cannot be reached/ });
  t.equal(index.heard.length, 1);
  t.same(inner.heard, []);
});

void t.test('sends a credential only to its own host and port, never along a redirect', async (t) => {
  const open = await rattlerScene(t, [pythonPackage(), modulePackage('mod')]);
  if (open === undefined) return;
  const { result } = await open.build({ specs: ['mod'] });
  if (result.outcome !== 'built') throw new Error('no lock');
  const { file, sha256, bytes } = wheel(t, 'wheel_x');
  const other = await listening(t, (_, response) => response.end(bytes));
  const index = await listening(t, (request, response) => {
    if (request.url?.startsWith('/away/') === true)
      response.writeHead(302, { location: `${other.url}/${file}` }).end();
    else response.end(bytes);
  });
  const known = await condaScene(t, [open.channel.url], {
    httpAllow: '127.0.0.0/8',
    conda: {
      searched: `${open.bin}:/usr/bin:/bin`,
      channels: [open.channel.url],
      pipIndex: `${index.url}/simple`,
      credentials: `127.0.0.1=me:${PASSWORD}`,
    },
  });
  const lock = (url: string) => ({ lock: withWheel(result.lock, url, sha256) });
  t.match((await known.build(lock(`${other.url}/${file}`))).result, { outcome: 'built' });
  t.match(other.heard, [{ authorization: undefined }], 'another port of the host gets no credential');
  t.match((await known.build({ ...lock(`${index.url}/away/${file}`), tenant: 'two' })).result, {
    outcome: 'built',
  });
  t.match(index.heard, [{ authorization: CREDENTIAL }], 'the index gets the credential');
  t.match(other.heard, [{}, { authorization: undefined }], 'the redirect target gets no credential');
});

void t.test('refuses a package whose size or hash differs from the lock', async (t) => {
  const scene = await rattlerScene(t, [pythonPackage(), modulePackage('mod')]);
  if (scene === undefined) return;
  const { result } = await scene.build({ specs: ['mod'] });
  if (result.outcome !== 'built') throw new Error('no lock');
  const changed = (change: object): Lock => ({
    ...result.lock,
    packages: result.lock.packages.map((each) => (each.name === 'mod' ? { ...each, ...change } : each)),
  });
  for (const [change, error] of [
    [{ size: 1 }, /larger than the expected 1 bytes/],
    [{ size: 10 ** 15, sha256: 'a'.repeat(64) }, /hash mismatch/],
    [{ file: 'gone-1.0-py_0.conda', sha256: 'b'.repeat(64) }, /responded with 404/],
  ] as const) {
    const { result: refused } = await scene.build({ lock: changed(change), tenant: 'two' }, 'failed');
    t.match(refused, { outcome: 'failed', step: 'fetch', failed: [{ name: 'mod', why: 'broken' }], error });
  }
  t.equal(result.lock.platform, PLATFORM);
});

void t.test('kills background processes that activation scripts of a package started', async (t) => {
  const left = modulePackage('left', {
    files: {
      'site-packages/left.py': '',
      'etc/conda/activate.d/left.sh': 'sleep 654 &\nsetsid sleep 655 &\nexport LEFT=1\n',
    },
  });
  const scene = await rattlerScene(t, [pythonPackage(), left]);
  if (scene === undefined) return;
  const { result } = await scene.build({ specs: ['left'] });
  t.match(result, { outcome: 'built' });
  const commands = processesUnder(scene.dataDir).map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  t.notMatch(commands.join('\n'), /sleep\0?65/);
});

void t.test('ends a build at its time limit, and reports why', async (t) => {
  const scene = await rattlerScene(t, [pythonPackage(), modulePackage('slow')]);
  if (scene === undefined) return;
  const held = scene.channel.hold('slow-1.0');
  const { build } = await condaScene(t, [scene.channel.url], {
    conda: { searched: `${scene.bin}:/usr/bin:/bin`, channels: [scene.channel.url], buildSeconds: 8 },
  });
  const { result } = await build({ specs: ['slow'] }, 'failed');
  t.match(result, { outcome: 'failed', error: 'the build took longer than 8 s' });
  held.letGo();
});

void t.test('ends a build that exceeds the disk limits, by its files or by deleted ones', async (t) => {
  const hoarder = (name: string, code: string): MadePackage =>
    modulePackage(name, {
      files: {
        [`site-packages/${name}.py`]: '',
        [`etc/conda/activate.d/${name}.sh`]: `${code}\nsleep 600\n`,
      },
    });
  const fill = 'head -c 100000000 /dev/zero';
  const scene = await rattlerScene(
    t,
    [
      pythonPackage(),
      hoarder('large', `${fill} >"$CONDA_PREFIX/fill"`),
      hoarder('unlinked', `exec 7>"$CONDA_PREFIX/x"; rm "$CONDA_PREFIX/x"; ${fill} >&7`),
      hoarder('many', 'mkdir "$CONDA_PREFIX/m"; cd "$CONDA_PREFIX/m"; seq 5000 | xargs touch'),
    ],
    { taskDisk: { bytes: 80_000_000, files: 4_000 } },
  );
  if (scene === undefined) return;
  const ended = async (name: string) => {
    const subject = condaOrder({
      action: 'build',
      specs: [name],
      pip: [],
      channels: [scene.channel.url],
      tenant: 'one',
    });
    scene.peer.want(subject);
    return (
      (await scene.peer.reported(subject.allocation_id, 'complete', 'failed')).tasks['main']?.message ?? ''
    );
  };
  t.match(await ended('large'), /its build used more than 76\.3 MiB of disk \(MUSTER_TASK_DISK_MIB\)/);
  t.match(await ended('unlinked'), /its build used more than 76\.3 MiB of disk/);
  t.match(await ended('many'), /its build had more than 4,000 files and directories \(MUSTER_TASK_FILES\)/);
});
