import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { MUSTER, Program, runToEnd } from '../fixtures/program.js';
import { required } from '../fixtures/requirement.js';
import { hasOpenssl, selfSigned } from '../fixtures/self-signed.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';
import { alternativesOf, TASK_SEED_REQUESTS, taskSeedBlocks } from '../fixtures/task-seed.js';

t.setTimeout(600_000);

const blocks = taskSeedBlocks();
const block = (heading: string): Record<string, unknown> => {
  const found = blocks.find((each) => each.heading.startsWith(heading));
  if (found === undefined) throw new Error(`the contract has no block ${heading}`);
  return found.value as Record<string, unknown>;
};

void t.test(
  "a server accepts the requests of the contract, and its responses have the contract's shape",
  async (t) => {
    const folder = ownFolder(t);
    const server = await startServer(t, {
      dataDir: join(folder, 'server'),
      env: { MUSTER_ADMIN_PASSWORD: 'password123' },
    });
    await startAgent(t, server, { dataDir: join(folder, 'agent') });
    const root = await TaskAccount.logIn(server.api, 'admin', 'password123');
    const envelope = (body: object): void => {
      t.same(
        Object.keys(body)
          .filter((key) => key !== 'pagination')
          .sort(),
        Object.keys(block('📋 API 概述')).sort(),
      );
      t.match(body, { success: Boolean, message: String, timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/ });
    };

    const { executor, name, ...task } = block('创建任务');
    for (const [n, each] of alternativesOf(task).entries()) {
      for (const made of ['shell', 'python']) {
        const sent = { ...each, executor: made, name: `${String(name)}_${made}_${n}` };
        const { status, body } = await root.call<{ id: number }>('post', '/api/tasks', sent);
        t.match(
          { status, data: body.data },
          { status: 201, data: { ...sent, id: Number, next_run_at: /Z$/ } },
        );
        envelope(body);
      }
      t.match(await root.call('post', '/api/tasks', { ...each, name: 'call', executor: 'http' }), {
        status: 400,
        body: { success: false, data: null },
      });
    }
    t.equal(executor, 'shell|http|python');
    const listed = await root.call<readonly { id: number }[]>(
      'get',
      '/api/tasks?page=1&size=20&status=active&search=hello',
    );
    t.equal(listed.body.data.length, 8);
    envelope(listed.body);

    const { id } = listed.body.data[0]!;
    for (const each of alternativesOf(block('更新任务'))) {
      const { status, body } = await root.call('put', `/api/tasks/${id}`, each);
      t.match({ status, data: body.data }, { status: 200, data: each });
      envelope(body);
    }
    for (const heading of ['Shell执行器', 'HTTP执行器', 'Python执行器']) {
      const sent = { name: heading, ...block(heading) };
      const { body } = await root.call<{ id: number }>('post', '/api/tasks', sent);
      t.match(body, { success: true, data: sent });
      t.match((await root.call('get', `/api/tasks/${body.data.id}`)).body.data, sent);
      if (heading !== 'Shell执行器') continue;
      await root.trigger(body.data.id);
      await root.is(body.data.id, 1, 'success');
    }
    t.equal((await root.call('delete', `/api/tasks/${id}`)).status, 204);

    const [worker] = (await root.call<readonly { id: string }[]>('get', '/api/workers')).body.data;
    const setUp = block('更新Worker配置');
    t.match(await root.call('put', `/api/workers/${worker!.id}`, setUp), {
      status: 200,
      body: { data: setUp },
    });
    const heard = await root.call('post', '/api/workers/worker-001/heartbeat', block('Worker心跳上报'));
    t.match(heard, { status: 200, body: { data: { id: 'worker-001', status: 'online', current_tasks: 3 } } });

    const workers = await root.call<readonly object[]>('get', '/api/workers');
    const [shown] = block('获取Worker列表')['data'] as readonly object[];
    t.equal(workers.body.data.length, 2);
    for (const each of workers.body.data)
      t.same(
        Object.keys(each).sort(),
        [...Object.keys(shown!), 'enabled'].sort(),
        'the response also reports whether the worker is assigned new runs',
      );
    envelope(workers.body);
    const health = await server.api.get<{ data: object }>('/api/health');
    t.same(shapeOf(health.body.data), shapeOf(block('系统健康检查')['data']));
    t.match(health.body.data, { status: 'healthy', database: 'connected', message_queue: 'connected' });
    envelope(health.body);
    const status = await root.call<object>('get', '/api/system/status');
    t.same(shapeOf(status.body.data), shapeOf(block('系统状态概览')['data']));
    t.match(status.body.data, {
      tasks: { total: 10, active: 10, paused: 0, running: 0 },
      workers: { total: 2, online: 2, offline: 0 },
    });
    // A run just before midnight is not one of today's, so this uses a time zone in which midnight is far away.
    const zone = new Date().getUTCHours() < 12 ? 'Pacific/Auckland' : 'America/Los_Angeles';
    const today = await root.call<object>('get', `/api/system/status?timezone=${zone}`);
    t.match(today.body.data, { runs_today: 1, success_rate: 100 });
    envelope(status.body);
  },
);

/** Returns the names of fields with their types. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shapeOf(each)]));
}

void t.test('the example requests at the end of the contract work unchanged', async (t) => {
  const canMount = process.getuid?.() === 0 && hasOpenssl;
  if (!required(t, canMount, 'root, for programs and names that only the agent sees, and openssl')) return;
  const folder = ownFolder(t);
  chmodSync(folder, 0o711);
  const heard: { readonly type: string | undefined; readonly body: string }[] = [];
  const { certFile, cert, key } = selfSigned(t, 'DNS:hooks.slack.com');
  const webhook = createServer({ cert, key }, (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      heard.push({ type: request.headers['content-type'], body });
      response.end('ok');
    });
  });
  // The contract's URL has no port, so the webhook must use the default.
  webhook.listen(443, '127.0.0.77');
  await once(webhook, 'listening');
  t.teardown(() => webhook.close());

  const server = await startServer(t, {
    dataDir: join(folder, 'server'),
    env: { MUSTER_ADMIN_PASSWORD: 'password123' },
  });
  const agent = standInAgent(folder, {
    ...server.wiring.agent(server.url),
    MUSTER_DATA_DIR: join(folder, 'agent'),
    MUSTER_HEARTBEAT_SECONDS: '0.5',
    MUSTER_HTTP_ALLOW: '127.0.0.77:443',
    MUSTER_HTTP_DENY: new URL(server.url).host,
    NODE_EXTRA_CA_CERTS: certFile,
  });
  const hadBackups = existsSync('/backup');
  t.teardown(async () => {
    if (!t.passing()) t.comment(agent.tail());
    await agent.end('SIGKILL');
    if (!hadBackups && existsSync('/backup')) rmdirSync('/backup');
  });
  await eventually(async () => (await server.api.nodes())[0]?.healthy, { timeout: 60_000, what: 'the node' });

  const root = await TaskAccount.logIn(server.api, 'admin', 'password123');
  const issued = await root.api.post<{ api_key: string }>(
    '/api/auth/api-keys',
    { name: 'contract', scopes: ['tasks'] },
    { headers: root.headers },
  );
  t.equal(issued.status, 201, issued.text);
  // The test server does not listen on port 8080.
  writeFileSync(
    join(folder, '.curlrc'),
    `silent\nshow-error\nconnect-to = "localhost:8080:127.0.0.1:${server.port}"\nwrite-out = "\\n"\n`,
  );
  const requests = TASK_SEED_REQUESTS.replaceAll('your-api-key', issued.body.api_key);
  const { code, stdout, stderr } = await runToEnd({
    command: 'bash',
    args: ['-ec', requests],
    env: { CURL_HOME: folder },
  });
  t.equal(code, 0, stderr);
  const [backup, hook, run, runs] = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { readonly data: { readonly id: number } });
  t.match(backup, {
    success: true,
    data: {
      id: 1,
      name: 'database_backup',
      schedule: '0 2 * * *',
      priority: 'high',
      retry_count: 2,
      timeout_seconds: 1800,
    },
  });
  t.match(hook, { success: true, data: { id: 2, name: 'status_webhook', executor: 'http', method: 'POST' } });
  t.match(run, { success: true, data: { id: 1, task_id: 1, trigger: 'manual' } });
  t.match(runs, { success: true, data: [{ id: 1, task_id: 1 }], pagination: { page: 1, total: 1 } });

  t.match(await root.is(1, 1, 'success'), { exit_code: 0 });
  const backups = `/proc/${agent.pid}/root/backup`;
  const [dump = ''] = readdirSync(backups);
  t.match(dump, /^\d{8}\.sql$/);
  t.equal(readFileSync(join(backups, dump), 'utf8'), 'dump of mydb\n');
  await root.trigger(2);
  t.match(await root.is(2, 1, 'success'), { http_status: 200, output: 'ok' });
  t.same(heard, [{ type: 'application/json', body: '{"text": "Daily report completed"}' }]);
});

/** Starts an agent in its own mount namespace, with a fake `pg_dump`, a folder `/backup`, and `hooks.slack.com` resolved to this machine. */
function standInAgent(folder: string, env: Readonly<Record<string, string>>): Program {
  const programs = join(folder, 'programs');
  mkdirSync(programs, { mode: 0o755 });
  writeFileSync(join(programs, 'pg_dump'), '#!/bin/sh\necho "dump of $1"\n', { mode: 0o755 });
  writeFileSync(join(folder, 'hosts'), '127.0.0.1 localhost\n127.0.0.77 hooks.slack.com\n', { mode: 0o644 });
  const script = [
    `mount --bind ${programs} /usr/local/sbin`,
    `mount --bind ${join(folder, 'hosts')} /etc/hosts`,
    'mkdir -p /backup',
    'mount -t tmpfs -o mode=1777 none /backup',
    'exec "$@"',
  ].join(' && ');
  return Program.start({
    command: 'unshare',
    args: ['--mount', 'sh', '-c', script, 'sh', process.execPath, MUSTER, 'agent'],
    env,
  });
}
