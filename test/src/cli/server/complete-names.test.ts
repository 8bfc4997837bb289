import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../../../fixtures/agent.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { MUSTER, muster, plainEnvironment, runToEnd } from '../../../fixtures/program.js';
import { startServer } from '../../../fixtures/server.js';

t.setTimeout(300_000 * PATIENCE);

const server = await startServer(t, {
  env: { MUSTER_ADMIN_USERNAME: 'root', MUSTER_ADMIN_PASSWORD: 'password-of-root' },
});
const { nodeId } = await startAgent(t, server);
const env = { MUSTER_SERVER_URL: server.url, XDG_CONFIG_HOME: t.testdir() };
const run = async (...args: string[]) => await muster(args, env);
const names = async (...args: string[]) =>
  (await run('__complete', ...args)).stdout.split('\n').filter(Boolean);

for (const job of ['hello', 'help', 'other'])
  await server.api.submit({
    job_id: job,
    task_groups: [{ name: 'web', tasks: [{ name: 'main', config: { command: 'sleep 1000' } }] }],
  });
const { allocations } = await server.api.jobIs('hello', 'running', 60_000 * PATIENCE);
const login = { command: process.execPath, args: [MUSTER, 'login', 'root'], env };
await runToEnd({ ...login, input: 'password-of-root\n' });
for (const name of ['nightly', 'night watch', '$(touch planted)'])
  await run('task', 'create', '--name', name, '--', 'true');

void t.test('prints the names of each kind of object that begin with what was typed', async (t) => {
  t.same(await names('job', 'he'), ['hello', 'help']);
  t.same(await names('job'), ['hello', 'help', 'other']);
  const id = allocations[0]?.allocation_id ?? '';
  t.same(await names('allocation', id.slice(0, 6)), [id]);
  t.equal((await names('node')).length, 1, nodeId);
  t.same(await names('service'), []);
});

void t.test('leaves out names that a shell would interpret', async (t) => {
  t.same(await names('task'), ['nightly']);
  t.same(await names('task', 'night'), ['nightly']);
  t.same(await names('task', '$('), []);
});

void t.test('completes nothing, silently, if there is no server or no such kind', async (t) => {
  const away = { ...env, MUSTER_SERVER_URL: 'http://127.0.0.1:9' };
  t.same(await muster(['__complete', 'job', 'h'], away), { code: 0, signal: null, stdout: '', stderr: '' });
  t.match(await run('__complete', 'toString'), { code: 0, stdout: '', stderr: '' });
  t.notMatch((await run('--help')).stdout, '__complete');
});

void t.test('completes names in bash, after the options of a command', async (t) => {
  const folder = t.testdir();
  const file = join(folder, 'muster.bash');
  writeFileSync(file, (await run('completion', 'bash')).stdout);
  const complete = (...words: string[]): string[] => {
    const script = `source "$1"; node=$2 main=$3; shift 3
      muster() { "$node" "$main" "$@"; }
      COMP_WORDS=(muster "$@"); COMP_CWORD=$#; _muster; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', script, 'bash', file, process.execPath, MUSTER, ...words], {
      encoding: 'utf8',
      cwd: folder,
      env: { ...plainEnvironment(), ...env },
    })
      .split('\n')
      .filter(Boolean);
  };
  t.same(complete('job', 'status', 'he'), ['hello', 'help']);
  t.same(complete('job', 'logs', '-n', '5', 'o'), ['other']);
  t.same(complete('job', 'logs', '-n', 'he'), [], 'the value of an option is no name');
  t.same(complete('job', 'status', 'hello', 'he'), [], 'only the first argument is a job');
  t.same(complete('task', 'show', 'n'), ['nightly']);
  t.same(complete('job', 'st'), ['status', 'stop']);
});
