import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import createClient from 'openapi-fetch';
import t from 'tap';
import type { z } from 'zod';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import { jobIdOf, RUN_GROUP } from '#domain/tasks/task/index.js';
import { evaluationOf } from '#domain/work/index.js';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import type { operations, paths } from '#src/cli/generated/tasks.js';
import { noAgents, openTestApi } from '../../http/support/test-api.js';
import { HOOK } from '../../../fixtures/hook.js';
import {
  group,
  place,
  placed,
  registered,
  specification,
  started,
  submitted,
} from '../../../projections/events.js';

const PASSWORD = 'password123';
const agentChannel: AgentChannel = {
  ...noAgents,
  logs: async () => ({
    kind: 'found',
    chunks: (async function* () {
      yield Buffer.from('hello\n');
    })(),
  }),
};

/** The documented response of a route, by operation id and status. */
const answers = new Map<string, z.ZodType>();
const { app, happened, identity } = await openTestApi(t, { agentChannel }, (server) =>
  server.addHook('onRoute', ({ schema }) => {
    const { operationId = '', response = {} } = (schema ?? {}) as {
      operationId?: string;
      response?: Record<string, { content?: Record<string, { schema: z.ZodType }> }>;
    };
    for (const [status, { content }] of Object.entries(response)) {
      const answer = content?.['application/json']?.schema ?? content?.['text/plain']?.schema;
      if (operationId.startsWith('tasks_') && answer !== undefined)
        answers.set(`${operationId} ${status}`, answer);
    }
  }),
);
await firstAdministrator(identity, { username: 'root', password: PASSWORD }, { uuid: randomUUID });
const baseUrl = await app.listen({ port: 0, host: '127.0.0.1' });
const root = createClient<paths>({ baseUrl });
const { token } = (await (
  await fetch(`${baseUrl}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'root', password: PASSWORD }),
  })
).json()) as { token: string };
root.use({ onRequest: ({ request }) => void request.headers.set('authorization', `Bearer ${token}`) });

interface Called {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly response: Response;
}

const task = { params: { path: { task_id: '1' } } };
const worker = { params: { path: { worker_id: 'n1' } } };
const secret = { params: { path: { name: 'db-password' } } };
const run = { params: { path: { task_id: '1', run_id: '1' } } };

/** Every operation of the document. This does not compile if a call is missing. In this order they all succeed. */
const calls: Record<keyof operations, () => Promise<Called>> = {
  tasks_setSecret: () => root.PUT('/api/secrets/{name}', { ...secret, body: { value: 'kept to ourselves' } }),
  tasks_listSecrets: () => root.GET('/api/secrets', { params: { query: { page: 1, size: 5 } } }),
  tasks_createTask: () =>
    root.POST('/api/tasks', {
      body: {
        name: 'backup',
        executor: 'shell',
        command: 'true',
        schedule: '@daily',
        notify: { on: ['failure'], url: 'https://example.com/' },
        environment: { A: 'b', PW: { secret: 'db-password' } },
        labels: { team: 'data' },
      },
    }),
  tasks_getSecret: () => root.GET('/api/secrets/{name}', secret),
  tasks_updateTask: () =>
    root.PUT('/api/tasks/{task_id}', { ...task, body: { description: 'each night', retry_count: 2 } }),
  tasks_listTasks: () =>
    root.GET('/api/tasks', {
      params: { query: { status: 'active', search: 'BACK', label: 'team=data', sort: '-name', size: 5 } },
    }),
  tasks_getTask: () => root.GET('/api/tasks/{task_id}', task),
  tasks_triggerTask: () =>
    root.POST('/api/tasks/{task_id}/trigger', { ...task, body: { environment: { A: 'c' } } }),
  tasks_listRuns: () =>
    root.GET('/api/tasks/{task_id}/runs', {
      params: { ...task.params, query: { from: '2020-01-01T00:00:00Z' } },
    }),
  tasks_getRun: () => root.GET('/api/tasks/{task_id}/runs/{run_id}', run),
  tasks_getSchedule: () =>
    root.GET('/api/tasks/{task_id}/schedule', { params: { ...task.params, query: { next: 3, past: 3 } } }),
  tasks_backfillTask: () =>
    root.POST('/api/tasks/{task_id}/backfill', {
      ...task,
      body: { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' },
    }),
  tasks_getRunLogs: async () => {
    const registration = registered('n1');
    if (registration.type !== 'NodeRegistered') throw new Error('no registration');
    const job = jobIdOf(1, 1);
    const at = place('a1', job, 0, RUN_GROUP);
    await happened(
      { ...registration, data: { ...registration.data, endpoint: 'http://127.0.0.1:1' } },
      submitted(job, specification(group(RUN_GROUP)), evaluationOf(job, { to: 'be', version: '1' })),
      placed(at),
      started(at),
    );
    return await root.GET('/api/tasks/{task_id}/runs/{run_id}/logs', { ...run, parseAs: 'text' });
  },
  tasks_listNotices: () =>
    root.GET('/api/tasks/{task_id}/notices', { params: { ...task.params, query: { status: 'pending' } } }),
  tasks_getNotice: async () => {
    const told = { run: 1, outcome: 'failed', trigger: 'manual', slot: null, attempt: 1 } as const;
    await happened({
      type: 'TaskNoticeDecided',
      data: { taskId: 1, notice: 1, on: 'failure', to: HOOK, run: told },
    });
    return await root.GET('/api/tasks/{task_id}/notices/{notice_id}', {
      params: { path: { task_id: '1', notice_id: '1' } },
    });
  },
  tasks_testNotice: () => root.POST('/api/tasks/{task_id}/notices', task),
  tasks_getQuotas: () => root.GET('/api/quotas'),
  tasks_listQuotas: () => root.GET('/api/quotas/tenants', { params: { query: { page: 1, size: 5 } } }),
  tasks_setQuota: () =>
    root.PUT('/api/quotas/tenants/{tenant_id}/{quota}', {
      params: { path: { tenant_id: 'default', quota: 'slots' } },
      body: { limit: '50%' },
    }),
  tasks_removeSecret: () => root.DELETE('/api/secrets/{name}', secret),
  tasks_listWorkers: () => root.GET('/api/workers', { params: { query: { status: 'online', page: 1 } } }),
  tasks_getWorker: () => root.GET('/api/workers/{worker_id}', worker),
  tasks_updateWorker: () =>
    root.PUT('/api/workers/{worker_id}', {
      ...worker,
      body: { max_tasks: 20, tags: ['cpu', 'shell'], enabled: true },
    }),
  tasks_heartbeatWorker: () =>
    root.POST('/api/workers/{worker_id}/heartbeat', {
      params: { path: { worker_id: 'worker-001' } },
      body: {
        status: 'online',
        current_tasks: 3,
        system_info: { cpu_usage: 45.2, memory_usage: 60.8, disk_usage: 35.1 },
      },
    }),
  tasks_getHealth: () => root.GET('/api/health'),
  tasks_getSystemStatus: () =>
    root.GET('/api/system/status', { params: { query: { timezone: 'Asia/Kathmandu' } } }),
  tasks_rerunRun: () => root.POST('/api/tasks/{task_id}/runs/{run_id}/rerun', run),
  tasks_cancelRun: () => root.POST('/api/tasks/{task_id}/runs/{run_id}/cancel', run),
  tasks_deleteTask: () => root.DELETE('/api/tasks/{task_id}', task),
};

void t.test('calls every operation of the tasks surface with a generated client', async (t) => {
  const document = JSON.parse(await readFile('openapi/tasks.json', 'utf8')) as {
    paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
  };
  const success = new Map(
    Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map(
        ({ operationId, responses }) =>
          [operationId, Object.keys(responses).filter((status) => status.startsWith('2'))] as const,
      ),
    ),
  );
  t.same(
    [...success.keys()].sort(),
    Object.keys(calls).sort(),
    'the calls cover exactly the operations of the document',
  );
  for (const [operation, call] of Object.entries(calls)) {
    const { data, error, response } = await call();
    t.same([String(response.status)], success.get(operation), `${operation}: ${JSON.stringify(error)}`);
    const documented = answers.get(`${operation} ${response.status}`);
    if (documented === undefined) t.equal(response.status, 204, `${operation} returns no body`);
    else t.same(documented.parse(data), data, `${operation} returns exactly what its document describes`);
  }
});
