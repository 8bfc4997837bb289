import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import t from 'tap';
import createClient from 'openapi-fetch';
import type { z } from 'zod';
import { CLAIM_GROUP, jobIdOf } from '#domain/gpu/claim/index.js';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import type { AgentMetrics } from '#domain/protocol/index.js';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import type { operations, paths } from '#src/cli/generated/gpu.js';
import { place, placed, started } from '../../../projections/events.js';
import { noAgents, openTestApi } from '../../http/support/test-api.js';

const PASSWORD = 'password123';
const METRICS: AgentMetrics = {
  node_id: 'n1',
  cpu_usage_percent: 12.5,
  memory_usage_percent: 40,
  gpus: [
    {
      index: 0,
      uuid: 'GPU-0',
      name: 'NVIDIA H100 80GB HBM3',
      driver_version: '550.54.15',
      memory_total_mb: 81_559,
      memory_used_mb: null,
      utilization_percent: 3,
      temperature_celsius: 41,
      power_watts: 70.5,
      mig: false,
    },
  ],
  system: {
    timestamp: 1.5,
    hostname: 'gpu-node-01',
    os: 'linux',
    kernel: '6.1',
    arch: 'x64',
    cpu_cores: 2,
    load_average: [0.1, 0.2, 0.3],
    memory_total_mb: 8192,
    memory_used_mb: 4096,
    uptime_seconds: 60,
    gpu_problem: null,
  },
};
const agentChannel: AgentChannel = {
  ...noAgents,
  metrics: async () => ({ kind: 'found', bytes: Buffer.from(JSON.stringify(METRICS)) }),
  logs: async () => ({ kind: 'found', chunks: Readable.from([Buffer.from('epoch 1\n')]) }),
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
      if (operationId.startsWith('gpu_') && answer !== undefined)
        answers.set(`${operationId} ${status}`, answer);
    }
  }),
);
await firstAdministrator(identity, { username: 'root', password: PASSWORD }, { uuid: randomUUID });
const baseUrl = await app.listen({ port: 0, host: '127.0.0.1' });
const anybody = createClient<paths>({ baseUrl });
const ann = createClient<paths>({ baseUrl });
const root = createClient<paths>({ baseUrl });

interface Called {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly response: Response;
}

/** Ids that one call creates and later ones use. */
const made = { user: '', node: '', claim: '', apiKey: '' };
const user = () => ({ params: { path: { id: made.user } } });
const node = () => ({ params: { path: { id: made.node } } });
const claim = () => ({ params: { path: { id: made.claim } } });
const as = (client: typeof ann, token = ''): void =>
  client.use({ onRequest: ({ request }) => void request.headers.set('authorization', `Bearer ${token}`) });
const logIn = (username: string) =>
  anybody.POST('/api/auth/login', { body: { username, password: PASSWORD } });
as(root, (await logIn('root')).data?.token);

/** Every operation of the document, which the test compares. In this order they all succeed. */
const calls: Partial<Record<keyof operations, () => Promise<Called>>> = {
  gpu_register: () => anybody.POST('/api/auth/register', { body: { username: 'ann', password: PASSWORD } }),
  gpu_login: async () => {
    const done = await logIn('ann');
    as(ann, done.data?.token);
    return done;
  },
  gpu_getMe: () => ann.GET('/api/auth/me'),
  gpu_registerNode: async () => {
    const done = await anybody.POST('/api/nodes/register', { body: { hostname: 'gpu-node-01' } });
    made.node = done.data?.id ?? '';
    await happened({
      type: 'NodeRegistered',
      data: {
        nodeId: made.node,
        epoch: 1,
        ipAddress: '127.0.0.1',
        resources: { gpus: 4 },
        attributes: {},
        healthy: true,
        endpoint: 'http://127.0.0.1:1',
        protocol: 'muster',
      },
    });
    return done;
  },
  gpu_listNodes: () => ann.GET('/api/nodes', { params: { query: { limit: 10 } } }),
  gpu_getNode: () => ann.GET('/api/nodes/{id}', node()),
  gpu_getNodeStatus: () => ann.GET('/api/nodes/{id}/status', node()),
  gpu_forgetNode: async () => {
    const { data } = await anybody.POST('/api/nodes/register', {
      body: { hostname: 'gpu-node-that-never-came' },
    });
    return await root.DELETE('/api/nodes/{id}', { params: { path: { id: data?.id ?? '' } } });
  },
  gpu_revokeNodeSecret: () => root.DELETE('/api/nodes/{id}/secret', node()),
  gpu_createClaim: async () => {
    const done = await ann.POST('/api/gpu-claims', {
      body: { spec: { image: 'nvidia/cuda:11.8.0-base-ubuntu22.04', resources: { gpuCount: 1 } } },
    });
    made.claim = done.data?.id ?? '';
    return done;
  },
  gpu_listClaims: () => ann.GET('/api/gpu-claims', { params: { query: { limit: 10 } } }),
  gpu_getClaim: () => ann.GET('/api/gpu-claims/{id}', claim()),
  gpu_getClaimLogs: async () => {
    const at = place('a1', jobIdOf(made.claim), 0, CLAIM_GROUP, made.node);
    await happened(placed(at), started(at));
    return await ann.GET('/api/gpu-claims/{id}/logs', { ...claim(), parseAs: 'text' });
  },
  gpu_listClaimEvents: () => ann.GET('/api/gpu-claims/{id}/events', claim()),
  gpu_releaseClaim: () => ann.DELETE('/api/gpu-claims/{id}', claim()),
  gpu_issueApiKey: async () => {
    const done = await ann.POST('/api/auth/api-keys', { body: { name: 'ci', scopes: ['gpu'] } });
    made.apiKey = done.data?.id ?? '';
    return done;
  },
  gpu_listApiKeys: () => ann.GET('/api/auth/api-keys'),
  gpu_revokeApiKey: () =>
    ann.DELETE('/api/auth/api-keys/{key_id}', { params: { path: { key_id: made.apiKey } } }),
  gpu_createUser: async () => {
    const done = await root.POST('/api/auth/users', {
      body: { username: 'bob', password: PASSWORD, role: 'user', email: 'bob@example.org' },
    });
    made.user = done.data?.id ?? '';
    return done;
  },
  gpu_listUsers: () => root.GET('/api/auth/users'),
  gpu_getUser: () => root.GET('/api/auth/users/{id}', user()),
  gpu_setExecution: () => root.PUT('/api/auth/users/{id}/execution', { ...user(), body: { execute: true } }),
  gpu_setRole: () => root.PUT('/api/auth/users/{id}/role', { ...user(), body: { role: 'tenant_admin' } }),
  gpu_resetPassword: () =>
    root.PUT('/api/auth/users/{id}/password', { ...user(), body: { password: 'password456' } }),
  gpu_deactivateUser: () => root.POST('/api/auth/users/{id}/deactivate', user()),
  gpu_reactivateUser: () => root.POST('/api/auth/users/{id}/reactivate', user()),
  gpu_eraseUser: () => root.DELETE('/api/auth/users/{id}', user()),
  gpu_logout: () => ann.POST('/api/auth/logout'),
  gpu_changePassword: async () => {
    as(ann, (await logIn('ann')).data?.token);
    return await ann.PUT('/api/auth/me/password', {
      body: { current_password: PASSWORD, password: 'password456' },
    });
  },
};

void t.test('calls every operation of the gpu surface with a generated client', async (t) => {
  const document = JSON.parse(await readFile('openapi/gpu.json', 'utf8')) as {
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
    if (documented === undefined) throw new Error(`${operation} documents no answer`);
    t.same(documented.parse(data), data, `${operation} returns exactly what its document describes`);
  }
});

void t.test('shows documented errors of the gpu surface to a generated client', async (t) => {
  const absent = { params: { path: { id: 'claim-00000000-0000-4000-8000-000000000000' } } };
  t.equal((await ann.GET('/api/gpu-claims/{id}', absent)).response.status, 401, 'the session has ended');
  for (const [called, status] of [
    [await root.GET('/api/gpu-claims/{id}', absent), 404],
    [await root.GET('/api/nodes/{id}', { params: { path: { id: 'nowhere' } } }), 404],
    [await root.GET('/api/nodes/{id}/status', { params: { path: { id: 'nowhere' } } }), 404],
    [await anybody.POST('/api/auth/login', { body: { username: 'ann', password: 'wrong' } }), 401],
    [await anybody.POST('/api/auth/register', { body: { username: 'ann', password: PASSWORD } }), 409],
    [
      await root.POST('/api/gpu-claims', {
        body: { spec: { image: 'Not An Image', resources: { gpuCount: 1 } } },
      }),
      400,
    ],
    [await root.DELETE('/api/nodes/{id}', node()), 409],
  ] as const) {
    const { response, error } = called as Called;
    t.equal(response.status, status, response.url);
    t.same(Object.keys(error as object), ['error'], response.url);
  }
});
