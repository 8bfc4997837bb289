import t from 'tap';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { MUSTER, runToEnd } from '../../../fixtures/program.js';
import { startServer } from '../../../fixtures/server.js';

const PASSWORD = 'first-password-of-all';

t.setTimeout(300_000 * PATIENCE);

void t.test('runs a task with variables and repeats the run, and lists runs of all tasks', async (t) => {
  const server = await startServer(t, {
    env: {
      MUSTER_EMBEDDED_AGENT: 'true',
      MUSTER_ADMIN_USERNAME: 'root',
      MUSTER_ADMIN_PASSWORD: PASSWORD,
    },
  });
  const env = { XDG_CONFIG_HOME: t.testdir(), MUSTER_SERVER_URL: server.url };
  const run = async (args: readonly string[], input = '') =>
    await runToEnd({ command: process.execPath, args: [MUSTER, ...args], env, input });
  await eventually(async () => (await server.api.nodes()).some(({ healthy }) => healthy), {
    timeout: 120_000,
    what: 'the local agent',
  });
  t.match(await run(['login', 'root'], `${PASSWORD}\n`), { code: 0 });
  for (const [name, line] of [
    ['shows', 'echo "A is $A"'],
    ['fails', 'exit 3'],
  ] as const)
    t.match(await run(['task', 'create', '--name', name, '--', line]), { code: 0 });

  t.match(await run(['task', 'rerun', 'shows']), { code: 1, stderr: /task 1 has not run yet/ });
  t.match(await run(['task', 'run', 'shows', '-e', 'A']), { code: 1, stderr: '-e A: must be NAME=value' });
  t.match(await run(['task', 'run', 'shows', '-e', 'A=b=c', '--wait']), { code: 0, stdout: 'A is b=c' });
  t.match(await run(['task', 'rerun', 'shows', '1', '--wait']), { code: 0, stdout: 'A is b=c' });
  t.match(
    await run(['task', 'run', 'shows', '--', 'x']),
    { code: 1, stderr: /arguments/ },
    'only Python tasks have arguments',
  );
  t.match(await run(['task', 'run', 'fails', '--wait']), { code: 3 });

  type Listed = { task_name: string; id: number; status: string; trigger: string }[];
  const listed = async (...args: string[]) =>
    (JSON.parse((await run(['task', 'runs', ...args, '-o', 'json'])).stdout) as Listed).map(
      ({ task_name: name, id, status, trigger }) => `${name} ${id} ${status} ${trigger}`,
    );
  t.same(await listed('shows'), ['shows 2 success rerun', 'shows 1 success manual']);
  t.same(await listed('--all'), ['fails 1 failed manual', 'shows 2 success rerun', 'shows 1 success manual']);
  t.same(await listed('--all', '--status', 'failed', '--since', '7d'), ['fails 1 failed manual']);
  t.same(await listed('--all', '--since', '2026-01-01', '--sort', 'task', '--prefix', '1/'), [
    'shows 2 success rerun',
    'shows 1 success manual',
  ]);
  t.match(await run(['task', 'runs', '--all', '--limit', '1']), {
    code: 0,
    stdout: /^TASK +NAME +RUN +STATUS.*\n2 +fails +1 +failed +manual [^\n]*$/,
    stderr: /There are more/,
  });
  t.match(await run(['task', 'runs']), { code: 1, stderr: 'pass either a task or --all' });
});
