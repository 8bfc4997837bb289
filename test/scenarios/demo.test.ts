import { resolve } from 'node:path';
import t, { type Test } from 'tap';
import { dockerdMissing, startDockerd } from '../fixtures/dockerd.js';
import { required } from '../fixtures/requirement.js';
import { runToEnd } from '../fixtures/program.js';

const project = resolve(import.meta.dirname, '../../..');
const npm = { command: 'npm', args: ['run', '--silent', 'demo', '--prefix', project] };

void t.test('the demo shows the states, the log and the events of a process', async (t) => {
  const { code, stdout, stderr } = await runToEnd({ ...npm, env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } });
  t.equal(code, 0, stderr);
  t.match(stdout, 'SKIPPED: examples/hello-docker.json', 'without Docker it says so');
  showsRun(t, stdout, 'hello', /\| Hello from .*, process \d+/);
});

void t.test('the demo runs a container where Docker is there', async (t) => {
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
  t.match(part.slice(last - begin), 'outcome=complete', 'how it ended');
  t.match(part, 'job complete', 'its states');
  t.match(part, log, 'its log');
  for (const type of ['JobSubmitted', 'AllocationPlaced', 'AllocationStarted', 'TaskExited', 'AllocationReleased', 'JobFinished'])
    t.match(part, `  ${type}  `, type);
}
