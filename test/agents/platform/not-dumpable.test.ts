import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { canBeOthers } from '../../fixtures/other-user.js';
import { required } from '../../fixtures/requirement.js';

const MODULE = new URL('../../../agents/platform/not-dumpable.js', import.meta.url).href;
/** Root without the right to inspect any process (newer kernels also take the last two for that), so that dumpability matters. */
const LIMITED = ['--bounding-set=-sys_ptrace,-sys_admin,-perfmon'];

/** Returns what a process of the same user can read of another process's environment. */
async function environmentOf(code: string): Promise<string> {
  const words = [
    ...LIMITED,
    process.execPath,
    '--input-type=module',
    '-e',
    `${code}; console.log('ready'); setInterval(() => {}, 1000);`,
  ];
  const child = spawn('setpriv', words, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { SECRET: 'the-secret' },
  });
  await once(child.stdout, 'data');
  const { stdout } = spawnSync('setpriv', [...LIMITED, 'cat', `/proc/${child.pid}/environ`], {
    encoding: 'utf8',
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  return stdout;
}

void t.test('hides its environment from processes of the same user', async (t) => {
  if (!required(t, canBeOthers(), 'root and setpriv')) return;
  t.match(await environmentOf(''), 'SECRET=the-secret', 'the environment of an ordinary process can be read');
  const code = `import { becomeNotDumpable } from ${JSON.stringify(MODULE)}; if (!becomeNotDumpable()) process.exit(1); if (process.getegid() !== 0) process.exit(2)`;
  t.equal(await environmentOf(code), '');
});

void t.test('does not fail if it is not root', async (t) => {
  if (!required(t, canBeOthers(), 'root and setpriv')) return;
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
