import { createServer, type IncomingHttpHeaders } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { readEvents } from '../fixtures/event-log.js';
import { eventually } from '../fixtures/eventually.js';
import { folderForTenants, ownFolder } from '../fixtures/folder.js';
import { freePort } from '../fixtures/free-port.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

t.setTimeout(600_000);

const server = await startServer(t, {
  dataDir: join(ownFolder(t), 'server'),
  env: {
    MUSTER_ADMIN_PASSWORD: 'password123',
    MUSTER_NODE_TIMEOUT_SECONDS: '6',
    MUSTER_OPEN_EXECUTION: 'false',
  },
});
const sitePort = await freePort();
const worker = await startAgent(t, server, {
  env: { MUSTER_HTTP_ALLOW: `127.0.0.1:${sitePort},127.0.0.0/8` },
});
const root = await TaskAccount.logIn(server.api, 'admin', 'password123');

void t.test('a task is created, run on request, changed and deleted', async (t) => {
  const made = await root.call('post', '/api/tasks', {
    name: 'greet',
    executor: 'shell',
    command: 'echo hello $WHO; echo oops >&2',
    environment: { WHO: 'world' },
  });
  t.equal(made.status, 201);
  t.match(made.body, {
    success: true,
    data: { id: Number, name: 'greet', status: 'active', next_run_at: null, last_run: null },
    message: 'Task created',
  });
  t.match(made.body.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const { id } = made.body.data as { id: number };
  t.match(await root.call('post', '/api/tasks', { name: 'greet', executor: 'shell', command: 'true' }), {
    status: 409,
    body: { success: false, data: null, message: 'name: task greet already exists' },
  });
  const run = await root.trigger(id);
  t.match(run, { id: 1, task_id: id, status: 'pending', trigger: 'manual', attempt: 1, attempts: 1 });
  const done = await root.is(id, 1, 'success');
  t.match(done, { exit_code: 0, reason: null, worker: String, former_tries: [] });
  t.equal(
    (await root.api.get(`/api/tasks/${id}/runs/1/logs`, { headers: root.headers })).text,
    'hello world\noops\n',
    'both streams are returned in order',
  );
  t.equal(
    (await root.api.get(`/api/tasks/${id}/runs/1/logs?stream=stdout`, { headers: root.headers })).text,
    'hello world\n',
  );
  t.equal(
    (await root.api.get(`/api/tasks/${id}/runs/1/logs?stream=stderr&tail=1`, { headers: root.headers })).text,
    'oops\n',
  );
  await root.trigger(id, { environment: { WHO: 'you' } });
  await root.is(id, 2, 'success');
  t.equal(
    (await root.api.get(`/api/tasks/${id}/runs/2/logs?stream=stdout`, { headers: root.headers })).text,
    'hello you\n',
  );
  const again = await root.call('post', `/api/tasks/${id}/runs/2/rerun`);
  t.match(again, { status: 201, body: { data: { id: 3, trigger: 'rerun', repeats: 2 } } });
  await root.is(id, 3, 'success');
  t.equal(
    (await root.api.get(`/api/tasks/${id}/runs/3/logs?stream=stdout`, { headers: root.headers })).text,
    'hello you\n',
  );

  const changed = await root.call('put', `/api/tasks/${id}`, {
    name: 'wave',
    command: 'exit 3',
    retry_count: 1,
    retry_delay_seconds: 0,
  });
  t.match(changed.body.data, {
    name: 'wave',
    command: 'exit 3',
    retry_count: 1,
    environment: { WHO: 'world' },
    last_run: { id: 3, status: 'success' },
  });
  t.match(
    await root.create({ name: 'greet', command: 'true' }),
    { name: 'greet' },
    'the previous name can be used again',
  );
  await root.trigger(id);
  const failed = await root.is(id, 4, 'failed');
  t.match(failed, {
    attempt: 2,
    attempts: 2,
    exit_code: 3,
    reason: 'exited',
    former_tries: [{ attempt: 1, after: 'failed', exit_code: 3 }],
  });
  t.same(
    (await root.runs(id)).map((each) => each.id),
    [4, 3, 2, 1],
  );
  t.same(
    (await root.runs(id, '?status=success&page=2&size=2')).map((each) => each.id),
    [1],
  );
  t.equal((await root.call('delete', `/api/tasks/${id}`)).status, 204);
  t.match(await root.call('get', `/api/tasks/${id}`), { status: 404, body: { success: false, data: null } });
});

void t.test(
  'a process runs as its tenant’s own user, and inherits nothing from its agent',
  { skip: process.getuid?.() !== 0 && 'only root has users to give' },
  async (t) => {
    const { id } = await root.create({
      name: 'who',
      command: 'id -u; id -G; pwd; umask; env; cat /proc/$PPID/environ; ls ' + server.dataDir,
    });
    await root.trigger(id);
    t.match(await root.is(id, 1, 'failed'), { reason: 'exited' });
    const [uid, groups, folder, mask, ...rest] = (
      await root.api.get(`/api/tasks/${id}/runs/1/logs`, { headers: root.headers })
    ).text.split('\n');
    t.match([uid, groups, mask], [/^2\d{5}$/, uid, '0077']);
    t.match(folder, /^\//);
    t.notMatch(rest.join('\n'), /password123|MUSTER_(ADMIN|DATA|JOIN)/);
  },
);

void t.test('a call sends sealed values, and its run shows the response', async (t) => {
  const heard: { method: string | undefined; headers: IncomingHttpHeaders; body: string }[] = [];
  const site = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      heard.push({
        method: request.method,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
      response.writeHead(heard.length === 1 ? 503 : 202).end(`answer ${heard.length}`);
    });
  });
  site.listen(sitePort, '127.0.0.1');
  t.teardown(() => site.close());
  const url = `http://127.0.0.1:${sitePort}/hook`;
  const body = 'x'.repeat(70_000);
  const { id, ...made } = await root.create({
    name: 'hook',
    executor: 'http',
    url,
    method: 'POST',
    headers: { Authorization: 'Bearer secret-of-the-hook' },
    body,
    retry_count: 1,
    retry_delay_seconds: 0,
  });
  t.match(made, { executor: 'http', headers: { Authorization: 'Bearer secret-of-the-hook' } });
  await root.trigger(id);
  const run = await root.is(id, 1, 'success');
  t.match(run, {
    exit_code: 0,
    http_status: 202,
    output: 'answer 2',
    attempt: 2,
    former_tries: [{ message: 'the response has status 503, expected 2xx' }],
  });
  t.same(
    heard.map(({ method, headers, body: sent }) => [method, headers.authorization, sent.length]),
    [
      ['POST', 'Bearer secret-of-the-hook', 70_000],
      ['POST', 'Bearer secret-of-the-hook', 70_000],
    ],
  );
  t.notMatch(
    (await readEvents(server, {})).map(({ data }) => JSON.stringify(data)).join('\n'),
    /secret-of-the-hook/,
  );
  t.equal(
    (await root.api.get(`/api/tasks/${id}/runs/1/logs?stream=stdout`, { headers: root.headers })).text,
    'answer 2',
  );
  t.match(await root.call('post', `/api/tasks/${id}/trigger`, { environment: { A: 'b' } }), {
    status: 400,
    body: { message: /^environment: / },
  });
  t.match(await root.call('put', `/api/tasks/${id}`, { command: 'true' }), {
    status: 400,
    body: { message: /^command: is not a known key/ },
  });
  const inside = await root.create({ name: 'inside', executor: 'http', url: server.url });
  await root.trigger(inside.id);
  t.match(await root.is(inside.id, 1, 'failed'), { reason: 'exited', message: /cannot be reached/ });
});

void t.test('any account may make calls, and only accounts with the right may run processes', async (t) => {
  await root.api.post('/api/auth/register', { username: 'ann', password: 'password123' });
  const ann = await TaskAccount.logIn(server.api, 'ann', 'password123');
  t.match(await ann.call('post', '/api/tasks', { name: 'hers', executor: 'shell', command: 'id' }), {
    status: 403,
    body: {
      success: false,
      message: /requires the right execute; an administrator can grant it with: muster user grant NAME/,
    },
  });
  const hers = await ann.create({ name: 'hers', executor: 'http', url: 'https://example.com/' });
  t.match(await ann.call('put', `/api/tasks/${hers.id}`, { executor: 'shell', command: 'id' }), {
    status: 403,
  });
  t.same(
    (await ann.call<readonly { id: number }[]>('get', '/api/tasks')).body.data.map(({ id }) => id),
    [hers.id],
    'a tenant sees only its own tasks',
  );
  await root.api.post('/api/auth/register', { username: 'bob', password: 'password123' });
  const bob = await TaskAccount.logIn(server.api, 'bob', 'password123');
  t.match(await bob.call('get', `/api/tasks/${hers.id}`), {
    status: 404,
    body: { message: `there is no task ${hers.id}` },
  });
  t.match(
    await bob.create({ name: 'hers', executor: 'http', url: 'https://example.com/' }),
    { name: 'hers' },
    'names are unique only within a tenant',
  );
});

void t.test("a Python script gets its task's arguments, unless a run overrides them", async (t) => {
  const code =
    'import sys, os; print(sys.argv[1:], os.environ.get("A"), sorted(k for k in os.environ if k.startswith("MUSTER_ARG")))';
  const { id } = await root.create({
    name: 'script',
    executor: 'python',
    command: '-c',
    arguments: [code, 'one'],
    environment: { A: 'b' },
  });
  await root.trigger(id);
  await root.is(id, 1, 'success');
  t.equal(
    (await root.api.get(`/api/tasks/${id}/runs/1/logs`, { headers: root.headers })).text,
    "['one'] b []\n",
  );
  await root.trigger(id, { arguments: [code, 'two', 'three'] });
  await root.is(id, 2, 'success');
  t.equal(
    (await root.api.get(`/api/tasks/${id}/runs/2/logs`, { headers: root.headers })).text,
    "['two', 'three'] b []\n",
  );
  await root.call('post', `/api/tasks/${id}/runs/2/rerun`);
  await root.is(id, 3, 'success');
  t.equal(
    (await root.api.get(`/api/tasks/${id}/runs/3/logs`, { headers: root.headers })).text,
    "['two', 'three'] b []\n",
  );
  t.match(await root.call('post', '/api/tasks', { name: 'bad', executor: 'python', command: '-c' }), {
    status: 400,
    body: { message: /^arguments: must begin with the code/ },
  });
});

void t.test(
  'a run that exceeds its timeout or is cancelled is stopped, and reports the reason',
  async (t) => {
    const { id } = await root.create({ name: 'slow', command: 'sleep 600', timeout_seconds: 1 });
    await root.trigger(id);
    t.match(await root.is(id, 1, 'timeout'), {
      reason: 'timeout',
      message: 'ran longer than 1 s and was stopped',
    });
    await root.call('put', `/api/tasks/${id}`, { timeout_seconds: 600 });
    await root.trigger(id);
    await root.is(id, 2, 'running');
    t.match(await root.call('post', `/api/tasks/${id}/runs/2/cancel`), {
      status: 200,
      body: { data: { status: 'cancelled', reason: 'requested' } },
    });
    t.match(await root.call('post', `/api/tasks/${id}/runs/2/cancel`), { status: 409 });
    await eventually(
      async () =>
        (await readEvents(server, { streamPrefixes: [`job-task.${id}.2`] })).some(
          ({ type }) => type === 'JobStopped',
        ),
      {
        timeout: 30_000,
        what: 'the stop of the job of the cancelled run',
      },
    );
    await root.call('put', `/api/tasks/${id}`, { status: 'disabled' });
    t.match(await root.call('post', `/api/tasks/${id}/trigger`), {
      status: 409,
      body: { message: `task ${id} is disabled` },
    });
  },
);

void t.test(
  'a schedule runs each slot exactly once and none while paused, and lists each decision',
  async (t) => {
    const { id, next_run_at: first } = await root.create({
      name: 'tick',
      command: 'true',
      schedule: '* * * * * *',
    });
    t.match(first, /Z$/);
    await root.is(id, 3, 'success');
    const paused = await root.call('put', `/api/tasks/${id}`, { status: 'paused' });
    t.match(paused.body.data, { status: 'paused', next_run_at: null });
    const { past, next } = await root.schedule(id, '?past=100');
    t.same(next, []);
    const slots = past.map(({ slot }) => slot);
    t.equal(new Set(slots).size, slots.length, 'each slot was decided once');
    t.same([...slots].sort().reverse(), slots, 'the newest slot is listed first');
    t.ok(past.filter(({ decision }) => decision === 'run').length >= 3);
    await eventually(async () => new Date().getUTCSeconds() !== new Date(String(slots[0])).getUTCSeconds(), {
      timeout: 5_000,
      what: 'a slot that passes during the pause',
    });
    await new Promise((done) => setTimeout(done, 1_500));
    t.match((await root.call('put', `/api/tasks/${id}`, { status: 'active' })).body.data, {
      status: 'active',
      next_run_at: String,
    });
    const skipped = (await root.runs(id, '?status=skipped')) as unknown as readonly {
      reason: string;
      count: number;
    }[];
    t.match(skipped[0], { status: 'skipped', reason: 'paused' });
    t.ok((skipped[0]?.count ?? 0) >= 1);
    await root.call('put', `/api/tasks/${id}`, { schedule: null });
    t.match(await root.task(id), { schedule_text: null, next_run_at: null });
  },
);

void t.test('an invalid task is refused with an error that includes the field', async (t) => {
  const refused = async (changes: Record<string, unknown>, message: RegExp): Promise<void> => {
    const { status, body } = await root.call('post', '/api/tasks', {
      name: 'bad',
      executor: 'shell',
      command: 'true',
      ...changes,
    });
    t.match([status, body.success, body.data], [400, false, null], JSON.stringify(changes));
    t.match(body.message, message);
  };
  await refused({ schedule: '61 * * * *' }, /^schedule: minute \(field 1/);
  await refused({ schedule: '0 0 31 2 *' }, /^schedule: never fires/);
  await refused({ timezone: 'Mars/Olympus' }, /^timezone: /);
  await refused({ run_at: '2020-01-01T00:00:00Z' }, /^run_at: never fires/);
  await refused({ retry_count: 11 }, /^retry_count: /);
  await refused({ timeout_seconds: 0 }, /^timeout_seconds: /);
  await refused({ timeout_seconds: 604_801 }, /^timeout_seconds: /);
  await refused({ command: 'a\0b' }, /^command: /);
  await refused({ command: 'x'.repeat(65_537) }, /^command: /);
  await refused({ url: 'http://example.com' }, /^url: is not a known key/);
  await refused({ executor: 'http', url: 'ftp://example.com' }, /^command: is not a known key|^url: /);
  await refused({ environment: { MUSTER_ARGUMENT_0: 'x' } }, /^environment/);
  await refused({ privileged: true }, /^privileged: is not a known key/);
  t.match(await root.call('get', '/api/tasks?size=101'), {
    status: 400,
    body: { success: false, message: /^size: / },
  });
  t.match(await root.call('get', '/api/tasks', undefined, { authorization: 'Bearer x' }), {
    status: 401,
    body: { success: false, data: null },
  });
});

void t.test('repeated requests with the same idempotency key create only one task and one run', async (t) => {
  const body = { name: 'once', executor: 'shell', command: 'true' };
  const [one, two] = [
    await root.call<{ id: number }>('post', '/api/tasks', body, { 'idempotency-key': 'k1' }),
    await root.call<{ id: number }>('post', '/api/tasks', body, { 'idempotency-key': 'k1' }),
  ];
  t.same([one.status, two.status, two.body.data.id], [201, 201, one.body.data.id]);
  const { id } = one.body.data;
  t.match(await root.call('post', '/api/tasks', { ...body, command: 'false' }, { 'idempotency-key': 'k1' }), {
    status: 422,
  });
  for (let time = 0; time < 2; time += 1)
    t.match(await root.call('post', `/api/tasks/${id}/trigger`, undefined, { 'idempotency-key': 'k2' }), {
      status: 201,
      body: { data: { id: 1 } },
    });
  await root.is(id, 1, 'success');
  t.equal((await root.runs(id)).length, 1);
});

void t.test('the command line alone is enough to find a failed task and the reason', async (t) => {
  const env = { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: root.token };
  const cli = async (...args: string[]) => await muster(['task', ...args], env);
  const file = join(ownFolder(t), 'nightly.yaml');
  await writeFile(
    file,
    '- {name: nightly-a, executor: shell, command: "echo went wrong >&2; exit 7", schedule: "0 2 * * *", timezone: Europe/Berlin}\n- {name: nightly-b, executor: shell, command: "true"}\n',
  );
  t.match(await cli('create', '-f', file), {
    code: 0,
    stdout: /nightly-a +active +0 2 \* \* \* +\d{4}-.*\n.*nightly-b +active +- /,
  });
  t.match(await cli('create', '--name', 'typed', '--', 'echo', 'typed'), {
    code: 0,
    stdout: /typed +active/,
  });
  t.match(await cli('create', '--name', 'typed', '--', 'true'), {
    code: 1,
    stderr: /task typed already exists \(409\)\nUse a different name/,
  });
  t.match(await cli('run', 'typed', '--wait'), { code: 0, stdout: 'typed' });
  const words = ['a  b', '$HOME', "it's", '*'];
  t.match(await cli('create', '--name', 'words', '--', 'printf', '%s\\n', ...words), { code: 0 });
  t.match(await cli('run', 'words', '--wait'), { code: 0, stdout: words.join('\n') });
  t.match(await cli('create', '--name', 'line', '--', "printf 'a  b' | tr a b; exit 3"), { code: 0 });
  t.match(await cli('run', 'line', '--wait'), { code: 3, stdout: 'b  b' });
  t.match(await cli('run', 'nightly-a', '--wait'), {
    code: 7,
    stderr: /went wrong\n.*Run +1 of task[^]*Reason +exited: .*\nMessage +exited with code 7/,
  });
  t.match(await cli('list'), { code: 0, stdout: /nightly-a .* 1 failed 2/ });
  t.match(await cli('show', 'nightly-a'), {
    code: 0,
    stdout:
      /Schedule +0 2 \* \* \* \(At 02:00, Europe\/Berlin\)[^]*RUN +STATUS[^]*1 +failed +manual +- +1\/1 .* 7 +exited/,
  });
  t.match(await cli('why', 'nightly-a'), { code: 0, stdout: /Exit code +7/ });
  t.match(await cli('logs', 'nightly-a'), { code: 0, stdout: 'went wrong' });
  t.match(await cli('logs', 'nightly-a', '--stream', 'stdout'), { code: 0, stdout: '' });
  t.match(await cli('logs', 'nightly-a', '--stderr'), { code: 0, stdout: 'went wrong' });
  t.match(await cli('logs', 'typed', '-f'), { code: 0, stdout: 'typed' });
  t.match(await cli('logs', 'nightly-a', '--stderr', '-f', '--search', 'nothing of it'), {
    code: 0,
    stdout: '',
  });
  t.match(await cli('next', 'nightly-a', '-n', '2'), {
    code: 0,
    stdout: /SLOT +DECISION +REASON +RUN +AFTER\n.* upcoming .*\n.* upcoming/,
  });
  t.match(await cli('why', 'nightly-b'), { code: 1, stderr: /has not run yet/ });
  t.match(await cli('pause', 'nightly-a'), { code: 0, stdout: /nightly-a +paused .* - +0 +1 failed/ });
  t.match(await cli('resume', 'nightly-a'), { code: 0, stdout: /nightly-a +active/ });
  t.match(await cli('cancel', 'nightly-a'), { code: 1, stderr: /has already ended \(409\)/ });
  t.match(await cli('show', 'nightly'), {
    code: 1,
    stderr: /prefix of several tasks:\n +\d+ +nightly-a\n +\d+ +nightly-b/,
  });
  t.match(await cli('delete', 'nightly-a'), { code: 0, stdout: /deleted/ });
  t.match(JSON.parse((await cli('list', '-o', 'json')).stdout) as object[], [{}]);
});

void t.test('a run records the end of its output, sealed, and its resource usage', async (t) => {
  const { id } = await root.create({
    name: 'chatty',
    command:
      'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; seq 1 5000; sleep 0.1; echo canary-of-the-output >&2; exit 4',
  });
  await root.trigger(id);
  const { output = '', ...run } = await root.is(id, 1, 'failed');
  t.ok(output.length > 8000 && output.length <= 8192, `${output.length} characters`);
  t.match(output, /4999\n5000\ncanary-of-the-output\n$/, 'the stream that was written to last is at the end');
  t.ok((run.cpu_seconds ?? 0) > 0, `${run.cpu_seconds} s of processor time`);
  const [peak, average] = [run.memory_peak_mb, run.memory_average_mb];
  t.ok(peak === null || peak > 0, `a peak of ${peak} MiB`);
  // A short shell run may average less than 0.05 MiB, because samples before its start and after its end count too.
  t.ok(average === null || (average >= 0 && average <= (peak ?? 0)), `${average} MiB on average`);
  t.notMatch(
    (await readEvents(server, {})).map(({ data }) => JSON.stringify(data)).join('\n'),
    /canary-of-the-output\\n/,
  );
  const script = await root.create({
    name: 'snake',
    executor: 'python',
    command: '-c',
    arguments: ['print("hiss")'],
  });
  await root.trigger(script.id);
  t.match(await root.is(script.id, 1, 'success'), { output: 'hiss\n' });
  const silent = await root.create({ name: 'silent', command: 'true' });
  await root.trigger(silent.id);
  t.notOk('output' in (await root.is(silent.id, 1, 'success')));
});

void t.test('a log can be searched, and followed line by line until the run has ended', async (t) => {
  const go = join(folderForTenants(t), 'go');
  const { id } = await root.create({
    name: 'ticks',
    command: `until [ -e ${go} ]; do sleep 0.1; done; for i in 1 2 3; do echo "tick $i"; echo other; sleep 0.5; done; printf "tick end"`,
  });
  await root.trigger(id);
  await root.is(id, 1, 'running');
  const logs = `/api/tasks/${id}/runs/1/logs`;
  // The run waits for the file, so that a slow test does not find it ended.
  const following = root.api.get(`${logs}?follow=true&search=tick`, { headers: root.headers });
  await writeFile(go, '');
  const followed = await following;
  t.match(followed.headers['content-type'], 'text/event-stream');
  t.equal(
    followed.text,
    'data: tick 1\n\ndata: tick 2\n\ndata: tick 3\n\ndata: tick end\n\nevent: end\ndata: \n\n',
  );
  t.equal((await root.api.get(`${logs}?search=tick 2`, { headers: root.headers })).text, 'tick 2\n');
  t.equal((await root.api.get(`${logs}?search=other&tail=3`, { headers: root.headers })).text, 'other\n');
  t.equal(
    (await root.api.get(`${logs}?follow=true&tail=1`, { headers: root.headers })).text,
    'data: tick end\n\nevent: end\ndata: \n\n',
  );
  t.match(await root.call('get', `${logs}?search=`), { status: 400, body: { message: /^search: / } });
});

void t.test(
  'a log returns stdout and stderr in the order of writing, while it is followed and after the run',
  async (t) => {
    const go = join(folderForTenants(t), 'go');
    const command = `until [ -e ${go} ]; do sleep 0.1; done; for i in 1 2 3 4; do echo "out $i"; echo "err $i" >&2; sleep 0.3; done; exit 1`;
    const { id } = await root.create({ name: 'both streams', command });
    await root.trigger(id);
    await root.is(id, 1, 'running');
    const logs = `/api/tasks/${id}/runs/1/logs`;
    const lines = [1, 2, 3, 4].flatMap((line) => [`out ${line}`, `err ${line}`]);
    const following = root.api.get(`${logs}?follow=true`, { headers: root.headers });
    await writeFile(go, '');
    const followed = await following;
    t.equal(followed.text, `${lines.map((line) => `data: ${line}\n\n`).join('')}event: end\ndata: \n\n`);
    await root.is(id, 1, 'failed');
    t.equal((await root.api.get(logs, { headers: root.headers })).text, `${lines.join('\n')}\n`);
    t.equal((await root.api.get(`${logs}?tail=3`, { headers: root.headers })).text, 'err 3\nout 4\nerr 4\n');
    t.equal((await root.api.get(`${logs}?search=2`, { headers: root.headers })).text, 'out 2\nerr 2\n');
    const cli = await muster(['task', 'logs', 'both streams', '-n', '2'], {
      MUSTER_SERVER_URL: server.url,
      MUSTER_TOKEN: root.token,
    });
    t.match(cli, { code: 0, stdout: 'out 4\nerr 4' });
  },
);

void t.test('the end of a run’s log can still be read when its worker is down', async (t) => {
  const { id } = await root.create({ name: 'outlived', command: 'seq 1 3; echo wrong >&2; exit 1' });
  await root.trigger(id);
  await root.is(id, 1, 'failed');
  const logs = `/api/tasks/${id}/runs/1/logs`;
  t.equal((await root.api.get(logs, { headers: root.headers })).headers['x-muster-log-end'], undefined);
  await worker.kill();
  const told = await root.api.get(`${logs}?tail=2`, { headers: root.headers });
  t.equal(told.headers['x-muster-log-end'], 'true');
  t.equal(told.text, '3\nwrong\n');
  t.equal((await root.api.get(`${logs}?stream=stdout&tail=2`, { headers: root.headers })).text, '2\n3\n');
  t.equal((await root.api.get(`${logs}?stream=stderr`, { headers: root.headers })).text, 'wrong\n');
  t.equal(
    (await root.api.get(`${logs}?follow=true&search=3`, { headers: root.headers })).text,
    'data: 3\n\nevent: end\ndata: \n\n',
  );
  t.match(await root.run(id, 1), { output: '1\n2\n3\nwrong\n' });
  await worker.start();
});

void t.test('a run continues when the server is killed, and every read model can be rebuilt', async (t) => {
  const go = join(folderForTenants(t), 'go');
  const command = `until [ -e ${go} ]; do sleep 0.1; done; echo done`;
  const { id } = await root.create({ name: 'lasting', command });
  await root.trigger(id);
  await root.is(id, 1, 'running');
  await server.restart();
  await writeFile(go, '');
  await root.is(id, 1, 'success');
  t.equal((await root.runs(id)).length, 1);
  await invariantsHold(t, server);
});
