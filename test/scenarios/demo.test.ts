import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import t, { type Test } from 'tap';
import { dockerdMissing, startDockerd } from '../fixtures/dockerd.js';
import { ownFolder } from '../fixtures/folder.js';
import { NOBODY, OTHERS_RUN, othersRunMuster } from '../fixtures/other-user.js';
import { required } from '../fixtures/requirement.js';
import { MUSTER, runToEnd } from '../fixtures/program.js';

const project = resolve(import.meta.dirname, '../../..');
const npm = { command: 'npm', args: ['run', '--silent', 'demo', '--prefix', project] };

void t.test(
  'the demo shows the states, the log and the events of a process, and of a scheduled task',
  async (t) => {
    const { code, stdout, stderr } = await runToEnd({
      ...npm,
      env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' },
    });
    t.equal(code, 0, stderr);
    t.match(
      stdout,
      'SKIPPED: examples/hello-docker.json',
      'the demo reports that it skips the container job without Docker',
    );
    showsRun(t, stdout, 'hello', /\| Hello from .*, process \d+/);
    showsTask(t, stdout);
  },
);

void t.test('the demo runs a job file of the user, and fails if its task fails', async (t) => {
  const file = join(ownFolder(t), 'broken.yaml');
  await writeFile(file, "{name: broken, executor: shell, command: 'echo went wrong >&2; exit 7'}\n");
  const { code, stdout, stderr } = await runToEnd({
    command: process.execPath,
    args: [MUSTER, 'demo', file],
  });
  t.equal(code, 1);
  t.match(stderr, 'the run ended with the status failed: exited with code 7');
  t.match(stdout, /Created .*broken.yaml as task 1, broken: without a schedule/);
  t.match(stdout, /Errors of task 1, run 1:\n {2}\| went wrong\n/);
  t.match(stdout, /TaskRunEnded .* outcome=failed/);
});

void t.test('the demo runs as any user', async (t) => {
  if (!required(t, othersRunMuster(), OTHERS_RUN)) return;
  const args = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', process.execPath, MUSTER, 'demo'];
  const { code, stdout, stderr } = await runToEnd({
    command: 'setpriv',
    args,
    env: { HOME: '/', TMPDIR: '/tmp', DOCKER_HOST: 'unix:///nowhere/docker.sock' },
  });
  t.equal(code, 0, stderr);
  showsTask(t, stdout);
});

void t.test('the demo runs a container if Docker is available', async (t) => {
  if (!required(t, dockerdMissing() === undefined, 'dockerd')) return;
  const dockerd = await startDockerd();
  t.teardown(async () => await dockerd.stop());
  await dockerd.importImage('busybox:latest');
  const { code, stdout, stderr } = await runToEnd({ ...npm, env: { DOCKER_HOST: dockerd.host } });
  t.equal(code, 0, stderr);
  showsRun(t, stdout, 'hello', /\| Hello from .*, process \d+/);
  showsRun(t, stdout, 'hello-docker', /\| Hello from container [0-9a-f]{12}/);
});

function showsRun(t: Test, output: string, job: string, log: RegExp): void {
  const begin = output.indexOf(`Submitted examples/${job}.json as job ${job},`);
  const last = output.indexOf('JobFinished', begin);
  const part = output.slice(begin, output.indexOf('\n', last));
  t.match(part.slice(last - begin), 'outcome=complete', 'the outcome of the job is shown');
  t.match(part, 'job complete', 'the states of the job are shown');
  t.match(part, log, 'the log of the job is shown');
  for (const type of [
    'JobSubmitted',
    'AllocationPlaced',
    'AllocationStarted',
    'TaskExited',
    'AllocationReleased',
    'JobFinished',
  ])
    t.match(part, `  ${type}  `, type);
}

function showsTask(t: Test, output: string): void {
  const part = output.slice(
    output.indexOf('Created examples/tick.yaml as task 1, tick: Every 2 seconds, next at '),
  );
  t.match(part, /run 1 success\n/, 'the states of the run are shown');
  t.match(part, /^ {2}1 +success +schedule +\S+Z +1\/3 .* 0 +-$/m, 'the run is listed in the table');
  t.match(part, /Log of task 1, run 1:\n {2}\| Tick at [\d:]+, process \d+\n/, 'the log of the run is shown');
  for (const type of [
    'TaskCreated',
    'TaskSlotDecided',
    'JobSubmitted',
    'AllocationPlaced',
    'TaskExited',
    'JobFinished',
    'TaskRunEnded',
  ])
    t.match(part, `  ${type}  `, type);
}
