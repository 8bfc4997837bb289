import { randomBytes } from 'node:crypto';
import t from 'tap';
import createClient from 'openapi-fetch';
import type { z } from 'zod';
import { place, placed, started } from '../../../projections/events.js';
import type { operations as AuditOperations, paths as AuditPaths } from '#src/cli/generated/audit.js';
import type { operations, paths } from '#src/cli/generated/cluster.js';
import type { operations as ConsoleOperations, paths as ConsolePaths } from '#src/cli/generated/console.js';
import { isOwnStream } from '#test/fixtures/muster-events.js';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import { NodeDocuments } from '#src/fleet/nodes/index.js';
import { hashOf, keptTexts } from '../../../fixtures/documents.js';
import { signedLog } from '../../../fixtures/signed-log.js';
import { noAgents, openTestApi } from '../../http/support/test-api.js';

const agentChannel: AgentChannel = {
  ...noAgents,
  command: async (_agent, operation, input) => {
    const answers = {
      openCommand: { message: 'started' },
      copyVolume: { message: 'started' },
      nextCommandOutput: { chunk: 'chunk' in input ? input.chunk : 0, output: [{ exit_code: 0 }] },
      commandInput: { accepted: true },
      resizeCommand: { message: 'resized' },
      closeCommand: { message: 'closed' },
    };
    return { kind: 'done', answer: answers[operation] as never };
  },
  logs: async () => ({
    kind: 'found',
    chunks: (async function* () {
      yield Buffer.from('hello\n');
    })(),
  }),
  usageHistory: async (_, id) => ({
    kind: 'found',
    history: { allocation_id: id, tasks: { main: [{ timestamp: 1, cpu: 5, memory_mb: 20 }] } },
  }),
};
/** The documented response of a route, by operation id. */
const answers = new Map<string, z.ZodType>();
const documents = new NodeDocuments([keptTexts('hello')], { error: () => undefined });
const signed = signedLog(t);
const {
  app,
  happened,
  store,
  events: recorded,
} = await openTestApi(t, { agentChannel, documents, transparency: signed.transparency }, (server) =>
  server.addHook('onRoute', ({ schema }) => {
    const { operationId, response } = (schema ?? {}) as {
      operationId?: string;
      response?: { 200?: { content: Record<string, { schema: z.ZodType }> } };
    };
    const answer = response?.['200']?.content['application/json']?.schema;
    if (
      operationId !== undefined &&
      !/^(gpu|tasks|conda|services)_/.test(operationId) &&
      answer !== undefined
    )
      answers.set(operationId, answer);
  }),
);
signed.follow(store);
const baseUrl = await app.listen({ port: 0, host: '127.0.0.1' });
const cluster = createClient<paths>({ baseUrl });
const audit = createClient<AuditPaths>({ baseUrl });
const webConsole = createClient<ConsolePaths>({ baseUrl });

interface Called {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly response: Response;
}

const job = {
  task_groups: [
    { name: 'web', tasks: [{ name: 'main', config: { command: 'true' }, resources: { cpu: 1, memory: 1 } }] },
  ],
  constraints: {},
};
const path = { job_id: 'hello' };
const node = { node_id: 'n1' };
let templateId = '';
let evaluationId = '';

/** Every operation of the document. This does not compile if a call is missing. In this order they all succeed. */
const calls: Record<keyof operations, () => Promise<Called>> = {
  cluster_registerNode: () =>
    cluster.POST('/register', {
      body: {
        ...node,
        ip_address: '10.0.0.1',
        resources: { cpu: 1000, memory: 1000 },
        healthy: true,
        endpoint: 'http://10.0.0.1:9000',
      },
    }),
  cluster_heartbeat: () =>
    cluster.POST('/heartbeat', {
      body: { ...node, resources: { cpu: 1000 }, healthy: true, timestamp: 1.5 },
    }),
  cluster_getDesired: () => cluster.GET('/nodes/{node_id}/desired', { params: { path: node } }),
  cluster_getDocument: () =>
    cluster.GET('/nodes/{node_id}/documents/{hash}', {
      params: { path: { ...node, hash: hashOf('hello') } },
    }),
  cluster_submitJob: async () => {
    const done = await cluster.POST('/jobs', {
      params: { header: { 'Idempotency-Key': 'k' } },
      body: { job_id: 'hello', ...job },
    });
    evaluationId = done.data?.evaluation_id ?? '';
    return done;
  },
  cluster_askWhatIf: () =>
    cluster.POST('/what-if', { body: { changes: [{ drain: 'n1' }], horizon_seconds: 60, limit: 3 } }),
  cluster_planJob: () =>
    cluster.POST('/jobs/plan', { params: { query: { limit: 3 } }, body: { job_id: 'hello', ...job } }),
  cluster_parseJob: () => cluster.POST('/jobs/parse', { body: { text: 'job_id: hello' } }),
  cluster_updateJob: () => cluster.PUT('/jobs/{job_id}', { params: { path }, body: job }),
  cluster_revertJob: () => cluster.POST('/jobs/{job_id}/revert', { params: { path }, body: { version: 0 } }),
  cluster_scaleJob: () => cluster.POST('/jobs/{job_id}/scale', { params: { path }, body: { count: 1 } }),
  cluster_planJobRevert: () =>
    cluster.POST('/jobs/{job_id}/revert/plan', { params: { path }, body: { version: 0 } }),
  cluster_listJobDeployments: () => cluster.GET('/jobs/{job_id}/deployments', { params: { path } }),
  cluster_listJobVersions: () =>
    cluster.GET('/jobs/{job_id}/versions', { params: { path, query: { limit: 10, before: 2 } } }),
  cluster_listJobs: () => cluster.GET('/jobs', { params: { query: { limit: 10 } } }),
  cluster_getJob: () => cluster.GET('/jobs/{job_id}', { params: { path } }),
  cluster_getEvaluation: () =>
    cluster.GET('/evaluations/{evaluation_id}', { params: { path: { evaluation_id: evaluationId } } }),
  cluster_getAllocationUsage: () =>
    cluster.GET('/jobs/{job_id}/allocations/{allocation_id}/usage', {
      params: { path: { ...path, allocation_id: 'al' }, query: { last: 1 } },
    }),
  cluster_getLogs: () =>
    cluster.GET('/jobs/{job_id}/allocations/{allocation_id}/logs', {
      params: { path: { ...path, allocation_id: 'al' }, query: { tail: 5 } },
      parseAs: 'text',
    }),
  cluster_execInAllocation: () =>
    cluster.POST('/allocations/{allocation_id}/exec', {
      params: { path: { allocation_id: 'al' } },
      body: { command: ['true'] },
      parseAs: 'text',
    }),
  cluster_sendExecInput: () =>
    cluster.POST('/allocations/{allocation_id}/exec/{session}/input', {
      params: { path: { allocation_id: 'al', session: 's' } },
      body: { number: 0, end: true },
    }),
  cluster_resizeExecTerminal: () =>
    cluster.POST('/allocations/{allocation_id}/exec/{session}/resize', {
      params: { path: { allocation_id: 'al', session: 's' } },
      body: { rows: 24, columns: 80 },
    }),
  cluster_stopJob: () => cluster.DELETE('/jobs/{job_id}', { params: { path } }),
  cluster_restartJob: () => cluster.POST('/jobs/{job_id}/restart', { params: { path } }),
  cluster_deleteJob: () => cluster.POST('/jobs/{job_id}/delete', { params: { path } }),
  cluster_listNodes: () => cluster.GET('/nodes', { params: { query: { status: 'ready' } } }),
  cluster_listNodeAllocations: () =>
    cluster.GET('/nodes/{node_id}/allocations', { params: { path: node, query: { limit: 10 } } }),
  cluster_drainNode: () =>
    cluster.POST('/nodes/{node_id}/drain', { params: { path: node }, body: { enable: true } }),
  cluster_declareNodeDown: async () => {
    // A node that still sends heartbeats would be refused. One that is already down succeeds.
    await happened({ type: 'NodeWentDown', data: { nodeId: node.node_id, epoch: 1, reason: 'silent' } });
    return cluster.POST('/nodes/{node_id}/down', { params: { path: node }, body: { reason: 'no power' } });
  },
  cluster_setEligibility: () =>
    cluster.POST('/nodes/{node_id}/eligibility', { params: { path: node }, body: { eligible: true } }),
  cluster_removeNode: async () => {
    const gone = { node_id: 'gone' };
    const body = { ...gone, ip_address: '10.0.0.2', resources: { cpu: 1000 }, healthy: true };
    await cluster.POST('/register', { body });
    await happened({ type: 'NodeWentDown', data: { nodeId: gone.node_id, epoch: 1, reason: 'silent' } });
    return cluster.DELETE('/nodes/{node_id}', { params: { path: gone, query: { force: true } } });
  },
  cluster_createTemplate: async () => {
    const done = await cluster.POST('/templates', { body: { name: 'web', ...job } });
    templateId = done.data?.template_id ?? '';
    return done;
  },
  cluster_listTemplates: () => cluster.GET('/templates'),
  cluster_getTemplate: () =>
    cluster.GET('/templates/{template_id}', { params: { path: { template_id: templateId } } }),
  cluster_updateTemplate: () =>
    cluster.PUT('/templates/{template_id}', {
      params: { path: { template_id: templateId } },
      body: { description: 'better' },
    }),
  cluster_deleteTemplate: () =>
    cluster.DELETE('/templates/{template_id}', { params: { path: { template_id: templateId } } }),
  cluster_clearAll: () => cluster.POST('/test/clear-all', { headers: { 'X-API-Key': 'test-key' } }),
};
const auditCalls: Record<keyof AuditOperations, () => Promise<Called>> = {
  audit_readEvents: () => audit.GET('/audit/events', { params: { query: { limit: 3 } }, parseAs: 'text' }),
  audit_readChanges: () => audit.GET('/audit/changes', { params: { query: { of: 'job:hello' } } }),
  audit_readChanged: () => audit.GET('/audit/changed', { params: { query: { from: '0' } } }),
  audit_readDiff: () => audit.GET('/audit/diff', { params: { query: { of: 'job:hello', from: '1' } } }),
  audit_readMoments: () => audit.GET('/audit/moments', { params: { query: { buckets: 10 } } }),
  audit_readCheckpoint: async () => {
    await signed.signAll();
    return await audit.GET('/audit/tlog/checkpoint', { parseAs: 'text' });
  },
  audit_readTransparencyStatus: () => audit.GET('/audit/tlog/status'),
  audit_adoptFork: async () => {
    const { data } = await audit.GET('/audit/tlog/status');
    signed.claimSigned({ origin: data!.origin!, size: data!.size + 5, root: randomBytes(32) });
    await signed.signAll();
    const adopted = await audit.POST('/audit/tlog/adopt', { body: { reason: 'restored a backup' } });
    await signed.signAll();
    return adopted;
  },
  audit_readLogKey: () => audit.GET('/audit/tlog/key', { parseAs: 'text' }),
  audit_readEvidence: async () => {
    const last = (await recorded()).findLast(({ stream }) => isOwnStream(stream));
    return await audit.GET('/audit/events/{position}/evidence', {
      params: { path: { position: String(last?.position) } },
    });
  },
  audit_explain: () =>
    audit.GET('/audit/why/{kind}/{id}', { params: { path: { kind: 'jobs', id: 'hello' }, query: {} } }),
};

const page = { params: { query: { limit: 3, sort: 'id' } } };
/** Signing out has no response body. */
const consoleCalls: Record<Exclude<keyof ConsoleOperations, 'console_signOut'>, () => Promise<Called>> = {
  console_getCaller: () => webConsole.GET('/console/api/me'),
  console_readChanges: () =>
    webConsole.GET('/console/api/changes', { params: { query: { from: '0', limit: 3 } }, parseAs: 'text' }),
  console_readChangesPage: () =>
    webConsole.GET('/console/api/changes/page', { params: { query: { from: '0', limit: 3 } } }),
  console_listEvents: () => webConsole.GET('/console/api/events', { params: { query: { limit: 3 } } }),
  console_getEvent: async () => {
    const { data } = await webConsole.GET('/console/api/events', { params: { query: { limit: 1 } } });
    const position = data?.changes[0]?.position ?? '';
    return await webConsole.GET('/console/api/events/{position}', { params: { path: { position } } });
  },
  console_signIn: async () => {
    const body = { username: 'page', password: 'password123' };
    await fetch(`${baseUrl}/api/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return await webConsole.POST('/console/api/session', { body, headers: { 'X-Muster-Console': '1' } });
  },
  console_getOverview: () => webConsole.GET('/console/api/overview'),
  console_listJobs: () => webConsole.GET('/console/api/jobs', page),
  console_listNodes: () => webConsole.GET('/console/api/nodes', page),
  console_listAllocations: () => webConsole.GET('/console/api/allocations', page),
  console_listRuns: () => webConsole.GET('/console/api/runs'),
  console_listTasks: () => webConsole.GET('/console/api/tasks', page),
  console_listServices: () => webConsole.GET('/console/api/services', page),
  console_listEnvironments: () => webConsole.GET('/console/api/environments', page),
  console_listClaims: () => webConsole.GET('/console/api/claims', page),
};

void t.test('calls every operation of a running server with a generated client', async (t) => {
  // Five responses are not JSON: a task log, events, changes, the checkpoint and the log key.
  t.equal(answers.size, Object.keys({ ...calls, ...auditCalls, ...consoleCalls }).length - 6);
  for (const [operation, call] of Object.entries({ ...calls, ...auditCalls, ...consoleCalls })) {
    const { data, error, response } = await call();
    t.equal(response.status, 200, `${operation}: ${JSON.stringify(error)}`);
    t.ok(data, operation);
    const documented = answers.get(operation);
    if (documented !== undefined)
      t.same(documented.parse(data), data, `${operation} returns exactly what its document describes`);
    if (operation === 'cluster_updateJob')
      await happened(placed(place('al', 'hello'), 1), started(place('al', 'hello')));
  }
});

void t.test('shows errors to a generated client', async (t) => {
  const { error, response } = await cluster.GET('/jobs/{job_id}', { params: { path: { job_id: 'none' } } });
  t.equal(response.status, 404);
  t.equal(error?.error, '作业不存在');
});
