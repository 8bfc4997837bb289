import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import {
  blocked,
  failed,
  lost,
  place,
  placed,
  registered,
  released,
  started,
  submitted,
} from '../../projections/events.js';
import { job } from '../../fixtures/jobs.js';
import { muster } from '../../fixtures/program.js';
import { PlantedReadModels } from '../http/support/planted-read-models.js';
import { openTestApi } from '../http/support/test-api.js';

/**
 * The server's events come only from the test: nothing is placed, started or lost by itself.
 */
const api = await openTestApi(t);
const url = await api.app.listen({ port: 0, host: '127.0.0.1' });
const run = async (...args: string[]) => await muster(args, { MUSTER_SERVER_URL: url });

await t.test('shows on the page of a blocked job which resources the nodes lack', async (t) => {
  await api.happened(submitted('stuck', undefined, 'e1'), blocked('stuck', 'e1'));
  const { code, stdout, stderr } = await run('job', 'status', 'stuck');
  t.match({ code, stderr }, { code: 0, stderr: '' });
  t.match(stdout, /Status +blocked/);
  t.match(stdout, /Not placed since [^]*1 node lacks cpu \(short by at least 100\)/);
  t.match((await run('eval', 'status', 'e1')).stdout, /Status +blocked[^]*1 node lacks cpu/);
});

await t.test('shows why an allocation failed or was lost', async (t) => {
  const [first, second] = [place('al-1', 'broken'), place('al-2', 'broken')];
  const why = {
    ...first,
    task: 'main',
    status: 'failed' as const,
    startTime: 1,
    endTime: 2,
    exitCode: null,
    error: null,
    message: 'image pull failed: no such image',
  };
  await api.happened(
    registered('n1'),
    submitted('broken'),
    placed(first),
    started(first),
    { type: 'TaskExited', data: why },
    failed(first),
    released(first, 'failed', 1),
    placed(second),
    lost(second),
  );
  const { stdout } = await run('job', 'status', 'broken');
  t.match(stdout, 'task main, allocation al-1 of web on node n1: image pull failed: no such image');
  t.match(stdout, 'allocation al-2 of web on node n1 was lost');
});

await t.test("prints the contract's Chinese errors in English", async (t) => {
  await api.happened(submitted('begun'));
  for (const [args, said] of [
    [['job', 'status', 'nothing'], 'no such job: nothing'],
    [['job', 'stop', 'nothing'], 'no such job: nothing'],
    [['job', 'restart', 'begun'], 'only a job that is dead, complete or failed can be restarted (400)'],
    [['eval', 'status', 'nothing'], 'evaluation not found: nothing (404)'],
  ] as const) {
    const { code, stderr } = await run(...args);
    t.match({ code, stderr }, { code: 1, stderr: said });
    t.notMatch(stderr, /[\u4e00-\u9fff]/);
  }
});

await t.test(
  'accepts an unambiguous prefix of a job id, and lists the matches of an ambiguous one',
  async (t) => {
    await api.happened(submitted('batch-1'), submitted('batch-2'));
    t.match((await run('job', 'status', 'stu')).stdout, /Job +stuck/);
    const { code, stderr } = await run('job', 'status', 'batch');
    t.match(
      { code, stderr },
      { code: 1, stderr: 'batch is a prefix of several jobs:\n  batch-1\n  batch-2' },
    );
  },
);

await t.test('submits a job and prints its id while the read models are unavailable', async (t) => {
  const models = new PlantedReadModels();
  models.failWith(
    new MusterError('MUSTER_E_READ_MODEL_UNAVAILABLE', { model: 'evaluations', problem: 'no connection' }),
  );
  const blind = await openTestApi(t, { readModels: models });
  const env = { MUSTER_SERVER_URL: await blind.app.listen({ port: 0, host: '127.0.0.1' }) };
  const file = join(t.testdir(), 'job.json');
  writeFileSync(file, JSON.stringify(job('unseen')));
  const table = await muster(['job', 'run', '--timeout', '0.5', file], env);
  t.equal(table.code, 124);
  t.match(table.stdout, /Job +unseen\nEvaluation +[0-9a-f-]{36}/);
  t.match(
    table.stderr,
    'the server is unavailable, retrying: read model evaluations cannot be served: no connection (503)',
  );
  const json = await muster(['job', 'run', '--timeout', '0.5', '-o', 'json', file], env);
  t.equal(json.code, 124);
  t.match(json.stderr, /^job unseen, evaluation [0-9a-f-]{36}/);
  t.same(
    (await blind.events()).map(({ type }) => type),
    ['JobSubmitted', 'JobUpdated'],
  );
});

await t.test('lists in every format, and chooses, sorts and limits', async (t) => {
  await api.happened(submitted('list-b'), submitted('list-a'), submitted('other'));
  const list = async (...args: string[]) => await run('job', 'list', '--prefix', 'list-', ...args);
  t.equal((await list('-o', 'name')).stdout, 'list-b\nlist-a');
  t.equal((await list('-o', 'name', '--sort', 'job')).stdout, 'list-a\nlist-b');
  t.equal((await list('-o', 'name', '--sort', '-job')).stdout, 'list-b\nlist-a');
  t.match(JSON.parse((await list('-o', 'json')).stdout), { jobs: [{ job_id: 'list-b' }, {}], count: 2 });
  t.match((await list('-o', 'yaml')).stdout, /^jobs:\n {2}- job_id: list-b\n[^]*\ncount: 2$/);
  t.match((await list('-o', 'wide')).stdout, /^JOB +STATUS +PRIORITY/);
  t.match((await list('--no-headers')).stdout, /^list-b +pending/);
  t.match((await list('--color', 'always')).stdout, /\u001b\[33mpending\u001b\[39m/);
  const limited = await list('--limit', '1', '-o', 'name');
  t.match(limited, { code: 0, stdout: /^list-b$/, stderr: 'There are more: raise --limit' });
  const page = await run('job', 'list', '--limit', '1', '-o', 'name');
  t.match(page, { stdout: /^\S+$/, stderr: 'There are more' }, 'of the whole list, too');
  t.equal((await list('--status', 'failed', '-o', 'name')).stdout, '');
  t.match(await list('--status', 'faild'), { code: 1, stderr: /Allowed choices are pending, running/ });
  t.match(await list('--sort', 'x'), { code: 1, stderr: '--sort x: must be one of job, status' });
  t.match(await run('job', 'status', 'list-a', '-o', 'yaml'), { code: 1, stderr: '-o yaml: must be table' });
});

await t.test('accepts an address without a scheme', async (t) => {
  t.match(await run('job', 'list', '--address', new URL(url).host), { code: 0, stdout: /^JOB +STATUS/ });
  t.match(await run('job', 'list', '--address', 'ftp://127.0.0.1'), {
    code: 1,
    stderr: '--address ftp://127.0.0.1: must be a URL',
  });
});

await t.test('stores, lists, shows and deletes templates by name', async (t) => {
  const file = join(t.testdir(), 'web.yaml');
  const put = async (description: string) => {
    writeFileSync(
      file,
      `name: web\ndescription: ${description}\ntask_groups:\n  - name: web\n    tasks:\n      - name: serve\n        config: { command: sleep }\n        resources: { cpu: 10, memory: 16 }\n`,
    );
    return await run('template', 'put', file);
  };
  t.match(await put('first'), { code: 0, stdout: /Template +[0-9a-f-]{36}\nMessage +made/ });
  t.match(await put('second'), { code: 0, stdout: /Message +changed/ });
  t.match((await run('template', 'list')).stdout, /web +second/);
  t.match(JSON.parse((await run('template', 'show', 'we')).stdout), { name: 'web', description: 'second' });
  t.match(await run('template', 'delete', 'web'), { code: 0, stdout: /Message +deleted/ });
  t.match(await run('template', 'show', 'web'), { code: 1, stderr: 'no such template: web' });
});

await t.test('finds a node by its host name, and shows its claimed resources', async (t) => {
  const node = {
    nodeId: 'n7',
    epoch: 1,
    ipAddress: '10.0.0.7',
    resources: { cpu: 1000 },
    attributes: { hostname: 'gpu-7' },
    healthy: true,
    endpoint: null,
    protocol: 'basic' as const,
  };
  await api.happened(
    { type: 'NodeRegistered', data: node },
    submitted('held'),
    placed(place('al-7', 'held', 0, 'web', 'n7')),
  );
  const { stdout } = await run('node', 'status', 'gpu-7');
  t.match(stdout, /Host +gpu-7[^]*cpu +1000 +100 +900/);
  t.match((await run('node', 'list')).stdout, /n7 +gpu-7 +10\.0\.0\.7 .* 900\/1000 /);
  t.match(await run('node', 'drain', 'gpu-7', '--enable'), { code: 0, stdout: /n7 is draining/ });
});

await t.test('creates, lists, shows and releases claims of the logged-in account', async (t) => {
  t.match(await run('claim', 'list'), { code: 1, stderr: 'Log in: muster login NAME' });
  const account = { username: 'claimer', password: 'password-of-claimer' };
  t.equal((await api.say('POST', '/api/auth/register', account)).status, 201);
  const { token } = (await api.say('POST', '/api/auth/login', account)).json() as { token: string };
  const claim = async (...args: string[]) =>
    await muster(['claim', ...args], { MUSTER_SERVER_URL: url, MUSTER_TOKEN: token });
  const made = await claim('create', 'busybox', '--gpus', '2');
  t.match(made, { code: 0, stdout: /Claim +claim-[0-9a-f-]{36}\nStatus +Pending/ });
  const id = /claim-\S+/.exec(made.stdout)?.[0] ?? '';
  t.match((await claim('list')).stdout, new RegExp(`${id} +Pending +\\S+ +2 +busybox`));
  t.match((await claim('status', id.slice(0, 12))).stdout, new RegExp(`Claim +${id}\n[^]*claimed `));
  t.match(await claim('create', 'busybox', '--gpus', '1'), {
    code: 1,
    stderr: /exceeds the quota of 2 .*\(403\)\nRelease a claim/,
  });
  t.match(await claim('release', id), { code: 0, stdout: /Message +released/ });
});
