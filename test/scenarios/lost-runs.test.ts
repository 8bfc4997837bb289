import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { folderForTenants, ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { Diary, isAlive } from '../fixtures/jobs.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

t.setTimeout(300_000 * PATIENCE);

const PASSWORD = 'password123';
const SENTENCES = [
  'or, with `on_lost: retry`, after its worker was lost',
  'two processes of a run execute at the same time only if a lost worker is still running. Its process ends when the worker is heard from again.',
  'With `on_lost: fail`, the run ends as `failed` instead. Its reason is `worker_lost` if the worker was lost',
];

void t.test('the documentation says what happens to a run whose worker is lost', async (t) => {
  const text = readFileSync('docs/flows/tasks.md', 'utf8');
  for (const sentence of SENTENCES) t.ok(text.includes(sentence), sentence);
});

void t.test(
  'a run whose worker is lost is repeated only if its task allows it, also once the worker is back',
  async (t) => {
    const folder = ownFolder(t);
    const server = await startServer(t, {
      env: { MUSTER_ADMIN_PASSWORD: PASSWORD, MUSTER_NODE_TIMEOUT_SECONDS: '5' },
    });
    const lost = await startAgent(t, server, { dataDir: join(folder, 'lost') });
    const account = await TaskAccount.logIn(server.api, 'admin', PASSWORD);
    const diary = new Diary(folderForTenants(t));
    // The tasks are those of an account, so they run as its user.
    chmodSync(diary.folder, 0o777);
    const create = async (name: string, onLost: string) =>
      await account.create({ name, command: diary.command(name, 600), on_lost: onLost });
    const [once, again] = [await create('once', 'fail'), await create('again', 'retry')];
    for (const { id, name } of [once, again]) {
      await account.trigger(id);
      await account.is(id, 1, 'running');
      await eventually(() => diary.count(name, 'started') === 1, { what: `the start of ${name}` });
    }
    const [oncePid, againPid] = [diary.pid('once'), diary.pid('again')];
    await startAgent(t, server, { dataDir: join(folder, 'other') });

    // A stopped agent looks like a network failure to the server, and its tasks continue.
    process.kill(lost.program.pid, 'SIGSTOP');
    const failed = { status: 'failed', reason: 'worker_lost', attempt: 1, former_tries: [] } as const;
    t.match(await account.is(once.id, 1, 'failed', 60_000 * PATIENCE), failed);
    await eventually(() => diary.count('again', 'started') === 2, { what: 'the second execution' });
    const repeated = await account.is(again.id, 1, 'running');
    t.match(repeated, { attempt: 1, former_tries: [{ attempt: 1, after: 'lost', worker: lost.nodeId }] });
    t.not(repeated.worker, lost.nodeId);
    for (const pid of [oncePid, againPid]) t.ok(isAlive(pid), 'the lost worker is still running it');

    process.kill(lost.program.pid, 'SIGCONT');
    for (const pid of [oncePid, againPid])
      await eventually(() => !isAlive(pid), {
        timeout: 60_000 * PATIENCE,
        what: 'the end of the lost process',
      });
    // The worker's report of the end of the lost attempt must not change why the run ended.
    await eventually(async () => (await account.run(once.id, 1)).message === 'its worker was lost', {
      timeout: 60_000 * PATIENCE,
      what: 'the report of these ends',
    });
    t.match(await account.run(once.id, 1), failed);
    t.match(await account.run(again.id, 1), { status: 'running', worker: repeated.worker });
    t.same([diary.count('once', 'started'), diary.count('again', 'started')], [1, 2], 'and no third time');
    await invariantsHold(t, server);
  },
);
