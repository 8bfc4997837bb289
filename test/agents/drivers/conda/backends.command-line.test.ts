import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { ownFolder } from '../../../fixtures/folder.js';
import { until } from '../../support/peer-server.js';
import { condaOrder, condaScene } from './scene.js';

/** Replays recorded output as the tool `name`, because no conda, mamba or micromamba is in the registries that tests can reach. */
async function replay(t: Test, name: string, script: string) {
  const folder = ownFolder(t);
  await chmod(folder, 0o755);
  const bin = path.join(folder, 'bin');
  const channel = path.join(folder, 'channel');
  for (const each of [bin, channel, path.join(channel, 'noarch')]) {
    await mkdir(each);
    await chmod(each, 0o755);
  }
  const file = path.join(channel, 'noarch/six-1.16.0-py_0.conda');
  await writeFile(file, 'a package', { mode: 0o644 });
  await chmod(file, 0o644);
  const sha256 = createHash('sha256').update('a package').digest('hex');
  const said = path.join(folder, 'said.txt');
  await writeFile(said, '');
  await chmod(said, 0o666);
  const program = path.join(bin, name);
  await writeFile(
    program,
    `#!/bin/sh\necho "$0 $*" >>${said}\n${script.replaceAll('CHANNEL', `file://${channel}`).replaceAll('SHA256', sha256)}\n`,
  );
  await chmod(program, 0o755);
  const scene = await condaScene(t, [`file://${channel}`], {
    conda: { searched: `${bin}:/usr/bin:/bin`, channels: [`file://${channel}`] },
  });
  return { ...scene, said: async () => (await readFile(said, 'utf8')).trim().split('\n') };
}

const LINK = '{"name": "six", "version": "1.16.0", "build_string": "py_0", "platform": "noarch"';
const FETCH = `${LINK}, "url": "CHANNEL/noarch/six-1.16.0-py_0.conda", "sha256": "SHA256", "size": 9}`;
const PLAN = (linked: string, fetched: string): string =>
  `echo 'Collecting {'; echo '{"success": true, "actions": {"LINK": [${linked}], "FETCH": [${fetched}]}}'`;
const INSTALL = `
prefix=$5
case "$*" in *--dry-run*) ;; *) cp "$(sed -n 's|^file://||p' "$7")" "$CONDA_PKGS_DIRS/"; mkdir -p "$prefix/bin" "$prefix/conda-meta"; ln -s /usr/bin/python3 "$prefix/bin/python"; echo '{"success": true}'; exit 0;; esac
`;

for (const [name, linked] of [
  ['micromamba', FETCH],
  ['mamba', FETCH],
  ['conda', `${LINK}}`],
] as const) {
  void t.test(`${name} solves in a dry run and then installs, with its own package cache`, async (t) => {
    const { build, peer, said } = await replay(t, name, INSTALL + PLAN(linked, FETCH));
    const { result } = await build({ specs: ['six >=1.16'] });
    t.match(result, {
      outcome: 'built',
      backend: name,
      lock: {
        packages: [{ name: 'six', version: '1.16.0', build: 'py_0', subdir: 'noarch', channel: 0, size: 9 }],
      },
    });
    t.match(peer.registrations[0]?.attributes, { 'conda.backend': name });
    const [dry = '', real = ''] = await said();
    t.match(dry, / create -y --json --dry-run -p \S+ --override-channels -c file:\S+ -- six >=1\.16$/);
    t.match(real, / create -y --json -p \S+ --file \S+explicit\.txt$/);
  });
}

const FAULTS = {
  'prints nothing on stdout for a bad channel': [
    'echo "critical libmamba: HTTP 404 for channel" >&2; exit 1',
    { failed: [], error: /HTTP 404 for channel\nmicromamba ended with exit code 1$/ },
  ],
  'reports success but exits with an error': [
    `echo '{"success": true, "log_records": [{"message": "nothing provides requested six"}]}'; exit 1`,
    { failed: [{ name: 'six', why: 'not_found' }], error: /nothing provides requested six/ },
  ],
  'prints half of its JSON': [
    `echo '{"success": true, "actions": {"LINK": ['`,
    { failed: [], error: /printed output that cannot be parsed/ },
  ],
  'names missing packages as conda does': [
    `echo '{"exception_name": "PackagesNotFoundError", "message": "not available from current channels", "packages": ["six"]}'; exit 1`,
    { failed: [{ name: 'six', why: 'not_found' }] },
  ],
  'is killed': ['kill -9 $$', { failed: [], error: /ended with exit code 137$/ }],
  'prints a password': [
    'echo "cannot reach https://me:hunter22@conda.intern/t/tk-12345/x" >&2; exit 1',
    { error: /https:\/\/\*\*\*@conda\.intern\/t\/\*\*\*\/x/ },
  ],
} as const;

for (const [fault, [script, expected]] of Object.entries(FAULTS)) {
  void t.test(`fails the build with the output of a command that ${fault}`, async (t) => {
    const { build } = await replay(t, 'micromamba', script);
    const { result, log } = await build({ specs: ['six'] }, 'failed');
    t.match(result, { outcome: 'failed', step: 'solve', ...expected });
    t.notMatch(log + JSON.stringify(result), /hunter22|tk-12345/);
    t.equal(result.log, log);
  });
}

void t.test("fails the build if a channel's content differs from the lock", async (t) => {
  const { build } = await replay(
    t,
    'micromamba',
    INSTALL + PLAN(FETCH, FETCH).replaceAll('SHA256', 'f'.repeat(64)),
  );
  t.match((await build({ specs: ['six'] }, 'failed')).result, {
    step: 'fetch',
    failed: [{ name: 'six', why: 'broken' }],
    error: /hash mismatch/,
  });
});

void t.test('kills a hanging command when its build is stopped', async (t) => {
  const { peer, said } = await replay(t, 'micromamba', 'exec sleep 1000');
  const subject = condaOrder(
    { action: 'build', specs: ['six'], pip: [], channels: [] },
    { kill_timeout: 0.1 },
  );
  peer.want(subject);
  await until(async () => (await said()).join('') !== '');
  peer.unwant(subject.allocation_id);
  t.match(await peer.reported(subject.allocation_id, 'stopped', 'failed'), {
    tasks: { main: { status: 'stopped' } },
  });
});
