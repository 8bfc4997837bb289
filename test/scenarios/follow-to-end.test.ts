import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { taken } from '../fixtures/api.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { muster, Program } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

const PASSWORD = 'password123';

const server = await startServer(t, { env: { MUSTER_ADMIN_PASSWORD: PASSWORD } });
await startAgent(t, server, { dataDir: join(ownFolder(t), 'agent') });
const root = await TaskAccount.logIn(server.api, 'admin', PASSWORD);
const cli = async (...words: string[]) =>
  await muster(words, { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: root.token });
const THREE = 'attempt 1\nattempt 2\nattempt 3';

void t.test('a followed run goes on with its later attempts, and ends with the run', async (t) => {
  const { id } = await root.create({
    name: 'follow',
    retry_count: 2,
    retry_delay_seconds: 1,
    // The first attempt lasts until the command that follows it has started.
    command: `echo "attempt $MUSTER_ATTEMPT"; test "$MUSTER_ATTEMPT" = 1 && sleep ${3 * PATIENCE}; test "$MUSTER_ATTEMPT" = 3`,
  });
  await root.trigger(id);
  // The run may not have been placed yet.
  t.match(await cli('task', 'logs', 'follow', '-f'), { code: 0, stdout: THREE });
  t.match(await root.run(id, 1), { status: 'success' }, 'the log ended with the run');
  t.match(await cli('task', 'logs', 'follow', '-f'), { code: 0, stdout: 'attempt 3' });
  t.match(await cli('task', 'logs', 'follow', '-f', '--attempt', '1'), { code: 0, stdout: 'attempt 1' });

  await root.trigger(id);
  await root.is(id, 2, 'running');
  t.match(await cli('task', 'logs', 'follow', '2', '-f', '--attempt', '1'), {
    code: 0,
    stdout: 'attempt 1',
  });
  t.match(await cli('task', 'logs', 'follow', '2', '-f', '--search', '3'), {
    code: 0,
    stdout: /^attempt 3$/,
  });
});

void t.test('the log of a run that is cancelled before it starts ends without lines', async (t) => {
  const { id } = await root.create({ name: 'never', tags: ['nobody'], command: 'true' });
  await root.trigger(id);
  const followed = cli('task', 'logs', 'never', '-f');
  await root.is(id, 1, 'pending');
  await root.call('post', `/api/tasks/${id}/runs/1/cancel`);
  t.match(await followed, { stdout: '' });
  t.match(await cli('task', 'logs', 'never', '-f'), { code: 1, stderr: /has no log/ });
});

const submit = async (id: string, command: string, restart: object): Promise<void> => {
  const group = { name: 'g', restart, tasks: [{ name: 't', config: { command } }] };
  taken(await server.api.post('/jobs', { job_id: id, task_groups: [group] }));
};
/** Writes which instance it is, and fails but for the third one. The first waits for the file `go`. */
const counting = (folder: string): string =>
  `echo x >> ${folder}/n; n=$(wc -l < ${folder}/n); echo "attempt $n"; while [ ! -e ${folder}/go ]; do sleep 0.1; done; test "$n" = 3`;

/** Follows the log of a job in the background, and waits for its first line. */
async function following(t: Test, ...words: string[]): Promise<Program> {
  const program = Program.muster(['job', 'logs', '-f', ...words], { MUSTER_SERVER_URL: server.url });
  t.teardown(() => program.child.kill('SIGKILL'));
  await eventually(() => program.stdout.length === 1, { what: 'the first line of the log' });
  return program;
}

void t.test('a followed job goes on with its restarts, and ends with the job', async (t) => {
  for (const more of [[], ['--all']]) {
    const folder = ownFolder(t);
    const id = `restarted${more.length}`;
    await submit(id, counting(folder), { attempts: 2, delay: 1 });
    const followed = await following(t, id, ...more);
    writeFileSync(join(folder, 'go'), '');
    t.match(await followed.exited, { code: 0 });
    t.same(
      followed.stdout.map((line) => line.split(' | ').at(-1)),
      THREE.split('\n'),
    );
    await server.api.jobIs(id, 'complete');
  }
});

void t.test('a followed job goes on after a drain', async (t) => {
  await startAgent(t, server, { dataDir: join(ownFolder(t), 'other') });
  await submit('moved', 'cat /proc/sys/kernel/random/uuid; exec sleep 600', { attempts: 0 });
  const job = await server.api.jobIs('moved', 'running');
  const followed = await following(t, 'moved');
  await server.api.post(`/nodes/${job.allocations[0]?.node_id}/drain`, { enable: true, deadline_seconds: 0 });
  await eventually(() => followed.stdout.length === 2, { what: 'the line of the second instance' });
  await server.api.delete('/jobs/moved');
  t.match(await followed.exited, { code: 0 });
  t.not(followed.stdout[0], followed.stdout[1]);
});
