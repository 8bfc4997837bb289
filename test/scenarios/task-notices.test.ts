import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { readEvents, readRecorded } from '../fixtures/event-log.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

t.setTimeout(600_000);

/** A notification as it was received. */
interface Told {
  readonly event: string;
  readonly notice_id: number;
  readonly task_id: number;
  readonly task_name: string;
  readonly text: string;
  readonly run?: {
    readonly id: number;
    readonly status: string;
    readonly exit_code: number | null;
    readonly http_status: number | null;
    readonly output: string;
  };
  readonly missed?: { readonly slot: string; readonly until: string; readonly count: number };
}

/** Notifications by the path at which they were received. */
const came = new Map<string, Told[]>();
const answers = new Map<string, (told: Told, reply: ServerResponse) => Promise<void> | void>();
const receiver = createServer((request, reply) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (part: string) => (text += part));
  request.on('end', () => {
    const path = request.url ?? '';
    const told = JSON.parse(text) as Told;
    came.set(path, [...(came.get(path) ?? []), told]);
    const how = answers.get(path);
    if (
      how === undefined ||
      request.method !== 'POST' ||
      request.headers['content-type'] !== 'application/json'
    )
      reply.writeHead(418).end();
    else void how(told, reply);
  });
});
await new Promise<void>((listens) => receiver.listen(0, '127.0.0.1', listens));
t.teardown(() => receiver.close().closeAllConnections());
const { port } = receiver.address() as AddressInfo;

/** Registers a handler for notifications and returns its URL. */
function place(
  name: string,
  how: (told: Told, reply: ServerResponse) => Promise<void> | void = (_, reply) =>
    void reply.writeHead(204).end(),
): string {
  answers.set(`/${name}`, how);
  return `http://127.0.0.1:${port}/${name}`;
}

const server = await startServer(t, {
  dataDir: join(ownFolder(t), 'server'),
  env: { MUSTER_ADMIN_PASSWORD: 'password123' },
});
const agent = await startAgent(t, server, { env: { MUSTER_HTTP_ALLOW: `127.0.0.1:${port}` } });
const root = await TaskAccount.logIn(server.api, 'admin', 'password123');

void t.test('a failure and a recovery are each notified exactly once, with the run', async (t) => {
  const url = place('calls');
  const command = 'echo "it says $CODE"; exit $CODE';
  const { id } = await root.create({
    name: 'nightly',
    command,
    environment: { CODE: '3' },
    notify: { on: ['failure', 'recovery'], url },
  });
  t.same((await root.task(id)).notify, { on: ['failure', 'recovery'], url });
  await root.trigger(id);
  t.match(await root.noticeIs(id, 1, 'delivered'), {
    on: 'failure',
    run_id: 1,
    slot: null,
    attempt: 1,
    attempts: 8,
    http_status: 204,
    worker: String,
    url,
  });
  for (const [index, code] of ['0', '0', '4'].entries()) {
    await root.trigger(id, { environment: { CODE: code } });
    await root.is(id, index + 2, code === '0' ? 'success' : 'failed');
  }
  await root.noticeIs(id, 3, 'delivered');
  t.match(came.get('/calls'), [
    {
      event: 'failure',
      notice_id: 1,
      task_id: id,
      task_name: 'nightly',
      text: `Task ${id} (nightly) has failed, run 1: `,
      run: {
        id: 1,
        status: 'failed',
        trigger: 'manual',
        attempt: 1,
        exit_code: 3,
        http_status: null,
        reason: 'exited',
        output: 'it says 3\n',
      },
    },
    {
      event: 'recovery',
      notice_id: 2,
      text: `Task ${id} (nightly) has succeeded again, run 2`,
      run: { id: 2, status: 'success', exit_code: 0 },
    },
    { event: 'failure', notice_id: 3, run: { id: 4, exit_code: 4 } },
  ]);
  t.equal(came.get('/calls')?.length, 3);
  t.same(
    (await root.notices(id, '?size=2')).map((notice) => notice.id),
    [3, 2],
  );
  t.same(await root.notices(id, '?status=failed'), []);
  t.same((await root.runs(id)).length, 4, 'a notification does not count as a run');
  for (const { type, data } of (await readEvents(server)).filter(({ stream }) =>
    stream.startsWith(`job-task.${id}.notice.`),
  ))
    t.notMatch(JSON.stringify(data), /it says/, `${type} contains no output of the run`);
});

void t.test('no event, document or log contains the path of a webhook', async (t) => {
  const [name, secret] = [`hooked-${randomUUID()}`, `token-${randomUUID()}`];
  const url = place(
    `services/${secret}`,
    (_, reply) => void reply.writeHead(came.get(`/services/${secret}`)?.length === 1 ? 500 : 200).end(),
  );
  const { id } = await root.create({ name, command: 'exit 3', notify: { on: ['failure'], url } });
  await root.call('put', `/api/tasks/${id}`, { description: 'each night' });
  const changed = await root.call<{ notify: unknown }>('put', `/api/tasks/${id}`, {
    notify: { on: ['failure', 'recovery'], url },
  });
  t.same(changed.body.data.notify, { on: ['failure', 'recovery'], url });
  const updates = async () =>
    (await readEvents(server)).filter(({ stream, type }) => stream === `task-${id}` && type === 'TaskUpdated')
      .length;
  t.equal(await updates(), 2);
  await root.call('put', `/api/tasks/${id}`, { notify: { on: ['failure', 'recovery'], url } });
  t.equal(await updates(), 2, 'an unchanged setting leaves no event');
  await root.trigger(id);
  await root.is(id, 1, 'failed');
  await root.trigger(id, { environment: { A: 'b' } });
  t.match(await root.noticeIs(id, 1, 'delivered'), { url, attempt: 2 });
  await root.noticeIs(id, 2, 'delivered');
  t.equal(came.get(`/services/${secret}`)?.length, 3);
  t.same((await root.task(id)).notify, { on: ['failure', 'recovery'], url });

  const events = await readRecorded(server);
  for (const type of ['TaskCreated', 'TaskUpdated', 'TaskNoticeDecided', 'JobSubmitted', 'JobUpdated'])
    t.ok(
      events.some((event) => event.type === type),
      type,
    );
  t.same(
    events
      .filter(({ data, metadata }) => (data + metadata).includes(secret))
      .map(({ stream, type }) => `${stream} ${type}`),
    [],
    'no event contains the path',
  );
  const held = await Promise.all(
    (await readdir(server.dataDir, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        // A file may be renamed in the meantime. It is then read under its other name.
        const bytes = await readFile(join(entry.parentPath, entry.name)).catch(() => Buffer.alloc(0));
        return { file: entry.name, named: bytes.includes(name), secret: bytes.includes(secret) };
      }),
  );
  // With other wirings, the server has no files of events and documents.
  if (server.log.kind === 'directory')
    t.ok(
      held.some(({ file, named }) => file.startsWith('read-models') && named),
      'the read models contain the name of the task',
    );
  t.same(
    held.filter((each) => each.secret).map(({ file }) => file),
    [],
    'no file of the server contains the path',
  );
  for (const [who, program] of [
    ['server', server.program],
    ['agent', agent.program],
  ] as const)
    t.notOk(
      [...program.stdout, ...program.stderr].some((line) => line.includes(secret)),
      `the log of the ${who} does not contain the path`,
    );
});

void t.test(
  'a notification that gets an error response is retried, even after kills of the server',
  async (t) => {
    const url = place(
      'busy',
      (_, reply) => void reply.writeHead(came.get('/busy')?.length === 1 ? 500 : 200).end(),
    );
    const { id } = await root.create({ name: 'busy', command: 'false', notify: { url } });
    t.same((await root.task(id)).notify, { on: ['failure'], url });
    await root.trigger(id);
    t.match(await root.noticeIs(id, 1, 'retrying'), { attempt: 2, finished_at: null });
    await server.kill();
    await server.start();
    t.match(await root.noticeIs(id, 1, 'delivered'), { attempt: 2, http_status: 200, reason: null });
    t.same(
      came.get('/busy')?.map(({ notice_id }) => notice_id),
      [1, 1],
    );
  },
);

void t.test('a server killed during a notification does not send it a second time', async (t) => {
  const url = place('killer', async (_, reply) => {
    await server.kill();
    reply.writeHead(200).end();
    server.launch();
  });
  const { id } = await root.create({ name: 'killer', command: 'true', notify: { on: 'success', url } });
  await root.trigger(id);
  await eventually(() => (came.get('/killer')?.length ?? 0) > 0, {
    timeout: 60_000,
    what: 'the notification call',
  });
  await eventually(() => server.starts === 3, { timeout: 60_000, what: 'the third start of the server' });
  await server.ready();
  t.match(await root.noticeIs(id, 1, 'delivered'), { attempt: 1, on: 'success', run_id: 1 });
  t.equal(came.get('/killer')?.length, 1);
});

void t.test('several missed slots cause a single notification for the whole period', async (t) => {
  const url = place('missed');
  const { id } = await root.create({
    name: 'ticking',
    command: 'true',
    schedule: '* * * * * *',
    notify: { on: ['missed'], url },
  });
  await root.is(id, 1, 'success');
  const killed = Date.now();
  await server.kill();
  await eventually(() => Date.now() > killed + 4_000, { what: 'three missed slots' });
  await server.start();
  // A slow server may also miss slots before the kill and after the restart. It reports these slots separately.
  const whileAway = ({ slot, until }: { slot: string | null; until?: string | null }): boolean =>
    Date.parse(slot ?? '') < killed + 3_000 && Date.parse(until ?? '') >= killed + 2_000;
  const span = async () =>
    (await root.notices(id)).find((notice) => whileAway(notice) && notice.status === 'delivered');
  const { slot, until, count } = await eventually(span, {
    timeout: 60_000,
    what: 'the notification about the slots missed while the server was down',
  });
  const told = came.get('/missed')?.filter(({ missed }) => missed?.slot === slot);
  t.match(told, [{ event: 'missed', task_id: id, missed: { slot, until, count } }]);
  t.equal(told?.length, 1);
  t.ok(
    (count ?? 0) >= 3,
    `${count}: ${slot ?? ''} to ${until ?? ''}, killed at ${new Date(killed).toISOString()}`,
  );
  t.notOk(told?.[0]?.run);
  t.equal((await root.call('delete', `/api/tasks/${id}`)).status, 204);
});

void t.test(
  'an address that no node may call is refused at once, and a deleted task sends no more notifications',
  async (t) => {
    const url = 'http://no-such-host.intern/hook';
    const { id } = await root.create({ name: 'inward', command: 'false', notify: { url } });
    const task = { name: 'never', executor: 'shell', command: 'false' };
    for (const never of [
      'http://169.254.169.254/latest/meta-data/',
      'http://10.0.0.5/hook',
      'http://[::ffff:10.0.0.5]/hook',
      'http://localhost:1/hook',
      `${server.url}/api/tasks/${id}/trigger`,
    ]) {
      for (const refused of [
        await root.call('post', '/api/tasks', { ...task, notify: { url: never } }),
        await root.call('put', `/api/tasks/${id}`, { notify: { url: never } }),
      ])
        t.match(refused, { status: 400, body: { message: /^notify\.url: .*MUSTER_HTTP_ALLOW/ } }, never);
    }
    t.equal((await root.task(id)).notify?.url, url);
    await root.trigger(id);
    t.match(await root.noticeIs(id, 1, 'retrying'), { run_id: 1, message: /cannot be reached/ });
    t.equal((await root.call('delete', `/api/tasks/${id}`)).status, 204);
    const left = async (): Promise<readonly string[]> =>
      (await server.api.jobs())
        .map(({ job_id }) => job_id)
        .filter((job) => job.startsWith(`task.${id}.notice.`));
    await eventually(async () => (await left()).length === 0, { what: 'the end of the notification job' });
    t.equal((await root.call('get', `/api/tasks/${id}/notices`)).status, 404);
  },
);

void t.test('invalid notification settings are refused with an error that includes the field', async (t) => {
  const url = 'https://example.com/';
  for (const [notify, message] of [
    [{ url: 'ftp://example.com/' }, 'notify.url: must be http:// or https://'],
    [{ url: 'https://user:secret@example.com/' }, 'notify.url: must be http:// or https://'],
    [{ url: 'https://example.com/\r\nx-header: 1' }, 'notify.url: must be http:// or https://'],
    [{ url: 'https://example.com/\u0000' }, 'notify.url: '],
    [{ url: `https://example.com/${'a'.repeat(9000)}` }, 'notify.url: '],
    [{ on: ['failure'] }, 'notify.url: '],
    [{ on: 'always', url }, 'notify.on'],
    [{ on: [], url }, 'notify.on: must not be empty'],
    [{ on: ['failure', 'failure'], url }, 'notify.on: must not contain duplicates'],
    [{ url, headers: { a: 'b' } }, 'notify'],
    [url, 'notify: '],
  ] as const) {
    const answer = await root.call('post', '/api/tasks', {
      name: 'bad',
      executor: 'shell',
      command: 'true',
      notify,
    });
    t.equal(answer.status, 400, JSON.stringify(notify));
    t.ok(answer.body.message.startsWith(message), answer.body.message);
  }
  const { id } = await root.create({ name: 'plain', command: 'true', notify: { url } });
  t.match((await root.call('put', `/api/tasks/${id}`, { notify: null })).body.data, { notify: undefined });
  t.equal((await root.call('get', `/api/tasks/${id}/notices/1`)).status, 404);
});

void t.test('a run that waits too long for a worker is notified once, and goes on waiting', async (t) => {
  const url = place('waits');
  const notify = { on: ['success'], url, waiting_seconds: 1 };
  const { id } = await root.create({ name: 'waits', command: 'true', tags: ['none-has-it'], notify });
  t.same((await root.task(id)).notify, notify);
  await root.trigger(id);
  t.match(await root.noticeIs(id, 1, 'delivered'), { on: 'waiting', run_id: 1, slot: null });
  t.match(came.get('/waits'), [
    {
      event: 'waiting',
      text: new RegExp(`Task ${id} .*run 1 has been waiting since .*: no_suitable_worker`),
      run: { id: 1, status: 'pending', reason: 'no_suitable_worker' },
    },
  ]);
  t.equal((await root.call('put', `/api/tasks/${id}`, { tags: [] })).status, 200);
  await root.trigger(id);
  await root.is(id, 2, 'success');
  t.match(await root.is(id, 1, 'pending'), { reason: 'no_suitable_worker' });
  await root.noticeIs(id, 2, 'delivered');
  t.same(
    came.get('/waits')?.map(({ event }) => event),
    ['waiting', 'success'],
  );
});

void t.test('a test notification is sent once, and its result is printed', async (t) => {
  const cli = async (...args: string[]) =>
    await muster(['task', ...args], { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: root.token });
  let status = 204;
  const url = place('tried', (_, reply) => void reply.writeHead(status).end());
  const { id } = await root.create({ name: 'tried', command: 'false', notify: { on: ['missed'], url } });
  t.match(await cli('notify-test', 'tried'), {
    code: 0,
    stdout: `delivered to ${url}: the response was 204`,
  });
  t.match(came.get('/tried'), [
    { event: 'test', notice_id: 1, task_id: id, text: /test of its notifications/ },
  ]);
  status = 404;
  t.match(await cli('notify-test', 'tried'), { code: 1, stderr: /failed: .*404/ });
  t.match(await root.noticeIs(id, 2, 'failed'), {
    on: 'test',
    run_id: null,
    slot: null,
    attempt: 1,
    attempts: 1,
    http_status: 404,
  });
  t.equal(came.get('/tried')?.length, 2);
  await root.create({ name: 'mute', command: 'false' });
  t.match(await cli('notify-test', 'mute'), { code: 1, stderr: /notify: is not set/ });
  t.equal((await root.call('post', '/api/tasks/999999/notices')).status, 404);
});

void t.test('notifications can be set and shown from the command line', async (t) => {
  const cli = async (...args: string[]) =>
    await muster(['task', ...args], { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: root.token });
  const url = place('shell');
  t.match(
    await cli(
      'create',
      '--name',
      'by-hand',
      '--notify-url',
      url,
      '--notify-on',
      'failure, recovery',
      '--',
      'false',
    ),
    { code: 0 },
  );
  t.match(await cli('show', 'by-hand'), {
    code: 0,
    stdout: new RegExp(`Notifies +${url} of failure, recovery`),
  });
  t.match(await cli('create', '--name', 'odd', '--notify-url', url, '--notify-on', 'never', '--', 'false'), {
    code: 1,
    stderr: /notify\.on/,
  });
  const { id } = JSON.parse((await cli('show', 'by-hand', '-o', 'json')).stdout) as { id: number };
  await root.trigger(id);
  await root.noticeIs(id, 1, 'delivered');
  t.match(await cli('why', 'by-hand'), {
    code: 0,
    stdout: /Reason +exited[^]*NOTICE +EVENT[^]*1 +failure +run 1 +delivered +1\/8/,
  });
  t.match(await cli('notices', 'by-hand', '--status', 'delivered'), {
    code: 0,
    stdout: /1 +failure +run 1 +delivered/,
  });
});

void t.test(
  'after these tests recorded notifications are consistent, and every read model can be rebuilt',
  async (t) => {
    await invariantsHold(t, server);
  },
);
