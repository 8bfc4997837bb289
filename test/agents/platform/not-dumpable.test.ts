import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { ownFolder } from '../../fixtures/folder.js';
import { freePort } from '../../fixtures/free-port.js';
import { canBeOthers, OTHERS_RUN, othersRunMuster } from '../../fixtures/other-user.js';
import { MUSTER } from '../../fixtures/program.js';
import { required } from '../../fixtures/requirement.js';

const MODULE = new URL('../../../agents/platform/not-dumpable.js', import.meta.url).href;
/** Root without the right to inspect any process (newer kernels also take the last two for that), so that dumpability matters. */
const LIMITED = ['--bounding-set=-sys_ptrace,-sys_admin,-perfmon'];

/** Returns what a process of the same user can read of the environment of a Node process, once that has printed something. */
async function environmentOf(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = spawn('setpriv', [...LIMITED, process.execPath, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { SECRET: 'the-secret', ...env },
  });
  await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')]);
  const { stdout } = spawnSync('setpriv', [...LIMITED, 'cat', `/proc/${child.pid}/environ`], {
    encoding: 'utf8',
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  return stdout;
}

const program = (code: string): string[] => [
  '--input-type=module',
  '-e',
  `${code}; console.log('ready'); setInterval(() => {}, 1000);`,
];

void t.test('hides its environment from processes of the same user', async (t) => {
  if (!required(t, canBeOthers(), 'root and setpriv')) return;
  t.match(
    await environmentOf(program('')),
    'SECRET=the-secret',
    'the environment of an ordinary process can be read',
  );
  const code = `import { becomeNotDumpable } from ${JSON.stringify(MODULE)}; if (!becomeNotDumpable()) process.exit(1); if (process.getegid() !== 0) process.exit(2)`;
  t.equal(await environmentOf(program(code)), '');
});

void t.test('an agent hides its join token before it prints anything', async (t) => {
  if (!required(t, canBeOthers(), 'root and setpriv')) return;
  const env = {
    MUSTER_DATA_DIR: ownFolder(t),
    MUSTER_JOIN_TOKEN: 'the-join-token-of-the-test',
    MUSTER_SERVER_URL: `http://127.0.0.1:${await freePort()}`,
  };
  t.equal(await environmentOf([MUSTER, 'agent'], env), '');
});

void t.test('does not fail if it is not root', async (t) => {
  if (!required(t, othersRunMuster(), OTHERS_RUN)) return;
  const code = `const { becomeNotDumpable } = await import(${JSON.stringify(MODULE)}); console.log(becomeNotDumpable())`;
  const words = [
    '--reuid=65534',
    '--regid=65534',
    '--clear-groups',
    process.execPath,
    '--input-type=module',
    '-e',
    code,
  ];
  t.equal(spawnSync('setpriv', words, { encoding: 'utf8' }).stdout, 'false\n');
});
