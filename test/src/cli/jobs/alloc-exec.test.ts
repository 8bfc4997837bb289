import t from 'tap';
import { readProcess } from '#agents/drivers/exec/process-table.js';
import { shellQuoted } from '#agents/platform/shell-quote.js';
import { startAgent } from '../../../fixtures/agent.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { MUSTER, Program, runToEnd } from '../../../fixtures/program.js';
import { startServer } from '../../../fixtures/server.js';

t.setTimeout(300_000 * PATIENCE);

const server = await startServer(t);
await startAgent(t, server);
const env = { MUSTER_SERVER_URL: server.url };
const muster = async (args: readonly string[], input?: string) =>
  await runToEnd({
    command: process.execPath,
    args: [MUSTER, ...args],
    env,
    ...(input !== undefined && { input }),
  });

async function running(job: string, tasks: readonly object[]): Promise<string> {
  await server.api.submit({ job_id: job, task_groups: [{ name: 'web', tasks }] });
  const { allocations } = await server.api.jobIs(job, 'running', 60_000 * PATIENCE);
  return allocations[0]?.allocation_id ?? '';
}
const sleeps = { config: { command: 'sleep 1000' }, kill_timeout: 0 };
const one = await running('one', [{ name: 'main', ...sleeps }]);
const two = await running('two', [
  { name: 'main', ...sleeps },
  { name: 'side', ...sleeps, env: { WHO: 'side' } },
]);

void t.test('prints both streams and exits with the exit code of the command', async (t) => {
  t.match(await muster(['alloc', 'exec', one, '--', 'sh', '-c', 'echo out; echo err >&2; exit 42']), {
    code: 42,
    stdout: 'out',
    stderr: 'err',
  });
  t.match(
    await muster(['exec', one.slice(0, 8), 'pwd']),
    { code: 0, stdout: /local/ },
    'a short id, and no dashes',
  );
  t.match(await muster(['exec', '-i', one, '--', 'cat']), { code: 0, stdout: '' });
  const text = 'line\n'.repeat(50_000);
  t.match(await muster(['exec', '-i', one, '--', 'wc', '-c'], text), {
    code: 0,
    stdout: String(text.length),
  });
});

void t.test('takes the task before the dashes, or as an option', async (t) => {
  const show = ['--', 'sh', '-c', 'echo $WHO'];
  t.match(await muster(['exec', two, 'side', ...show]), { code: 0, stdout: 'side' });
  t.match(await muster(['exec', '--task', 'side', two, ...show]), { code: 0, stdout: 'side' });
  t.match(await muster(['exec', two, ...show]), { code: 1, stderr: /must be one of main, side/ });
});

void t.test('takes a job instead of its only running allocation', async (t) => {
  const show = ['--', 'sh', '-c', 'echo $WHO'];
  t.match(await muster(['exec', 'two', 'side', ...show]), { code: 0, stdout: 'side' });
  await server.api.submit({
    job_id: 'several',
    task_groups: [{ name: 'web', count: 2, tasks: [{ name: 'main', ...sleeps }] }],
  });
  const allocations = await eventually(async () => {
    const found = (await server.api.job('several')).allocations;
    return found.filter(({ status }) => status === 'running').length === 2 ? found : undefined;
  });
  const refused = await muster(['exec', 'several', '--', 'ls']);
  t.match(refused, { code: 1, stderr: /job several has 2 running allocations, name one of them:\n/ });
  for (const { allocation_id: id } of allocations) t.match(refused.stderr, `  ${id}  group web, node `);
  t.match(await muster(['exec', 'several', 'side', '--', 'ls']), {
    code: 1,
    stderr: /job several has no running allocation with a task side/,
  });
});

void t.test('says what to do about wrong calls', async (t) => {
  t.match(await muster(['exec', one]), { code: 1, stderr: /name the command to run, after --/ });
  t.match(await muster(['exec', one, 'main', 'other', '--', 'ls']), { code: 1, stderr: /not also other/ });
  t.match(await muster(['exec', '-t', one, '--', 'ls']), { code: 1, stderr: /not a terminal/ });
  t.match(await muster(['exec', 'ffffffff', '--', 'ls']), { code: 1, stderr: /no such allocation/ });
  t.match(await muster(['exec', one, '--', '/does/not/exist']), { code: 127 });
});

void t.test(
  'runs a command in a terminal of the size of this one, and gives the terminal back',
  async (t) => {
    const command = `stty rows 33 columns 101; "$0" "$1" exec -it ${one} -- sh -c "tty; stty size; exit 7"; echo "code $?"; stty -a`;
    const words = [
      '-qec',
      ['sh', '-c', command, process.execPath, MUSTER].map(shellQuoted).join(' '),
      '/dev/null',
    ];
    const { stdout } = await runToEnd({ command: 'script', args: words, env, input: '' });
    t.match(stdout, /\/dev\/pts\/\d+\s+33 101\s/m);
    t.match(stdout, /code 7\b/);
    t.match(stdout, / icanon .* echo /s, 'the terminal is not raw');
  },
);

void t.test('ends the command on Ctrl-C', async (t) => {
  const program = Program.start({
    command: process.execPath,
    args: [MUSTER, 'exec', one, '--', 'sh', '-c', 'echo $$; exec sleep 1000'],
    env,
  });
  const pid = await eventually(() => Number(program.stdout[0] ?? 0), { what: 'the id of the process' });
  t.equal((await program.end('SIGINT')).signal, 'SIGINT');
  await eventually(() => readProcess(pid) === undefined, { what: 'the end of the command' });
});

void t.test('the record says who ran what', async (t) => {
  const { stdout } = await muster(['events', '--category', 'command']);
  t.match(stdout, /a command was run in task main of allocation .*; exit 42"/s);
  const ofJob = async (...args: string[]): Promise<string> =>
    (await muster(['events', '--job', 'one', ...args])).stdout;
  t.match(await ofJob(), /a command was run in task main .*; exit 42".*exited with code 42/s);
  const history = await muster(['alloc', 'history', one.slice(0, 8)]);
  t.match(history, { code: 0, stderr: '' });
  t.match(
    history.stdout,
    /local \S+ +a command was run in task main .*: "sh" "-c" ".*exited with code 42$/ms,
  );
  t.equal((await muster(['history', `allocation:${one}`])).stdout, history.stdout);
  t.equal(await ofJob('--data-dir', server.dataDir), await ofJob(), 'the same from the log');
});
