import t from 'tap';
import createClient from 'openapi-fetch';
import type { z } from 'zod';
import { place, placed, started } from '../../../projections/events.js';
import type { operations as AuditOperations, paths as AuditPaths } from '#src/cli/generated/audit.js';
import type { operations, paths } from '#src/cli/generated/cluster.js';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import { NodeDocuments } from '#src/fleet/nodes/index.js';
import { hashOf, keptTexts } from '../../../fixtures/documents.js';
import { noAgents, openTestApi } from '../../surfaces/kit/support/test-api.js';

const agentChannel: AgentChannel = {
  ...noAgents,
  logs: async () => ({
    kind: 'found',
    chunks: (async function* () {
      yield Buffer.from('hello\n');
    })(),
  }),
};
/** What a route documents as its answer, by operation id. */
const answers = new Map<string, z.ZodType>();
const documents = new NodeDocuments([keptTexts('hello')], { error: () => undefined });
const { app, happened } = await openTestApi(t, { agentChannel, documents }, (server) =>
  server.addHook('onRoute', ({ schema }) => {
    const { operationId, response } = (schema ?? {}) as { operationId?: string; response?: { 200?: { content: Record<string, { schema: z.ZodType }> } } };
    const answer = response?.['200']?.content['application/json']?.schema;
    if (operationId !== undefined && !/^(gpu|tasks|conda|services)_/.test(operationId) && answer !== undefined) answers.set(operationId, answer);
  }),
);
const baseUrl = await app.listen({ port: 0, host: '127.0.0.1' });
const cluster = createClient<paths>({ baseUrl });
const audit = createClient<AuditPaths>({ baseUrl });

interface Called {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly response: Response;
}

const job = { task_groups: [{ name: 'web', tasks: [{ name: 'main', config: { command: 'true' }, resources: { cpu: 1, memory: 1 } }] }], constraints: {} };
const path = { job_id: 'hello' };
const node = { node_id: 'n1' };
let templateId = '';
let evaluationId = '';

/** Every operation of the document: one that has no call here does not compile. In this order they all succeed. */
const calls: Record<keyof operations, () => Promise<Called>> = {
  cluster_registerNode: () =>
    cluster.POST('/register', {
      body: { ...node, ip_address: '10.0.0.1', resources: { cpu: 1000, memory: 1000 }, healthy: true, endpoint: 'http://10.0.0.1:9000' },
    }),
  cluster_heartbeat: () => cluster.POST('/heartbeat', { body: { ...node, resources: { cpu: 1000 }, healthy: true, timestamp: 1.5 } }),
  cluster_getDesired: () => cluster.GET('/nodes/{node_id}/desired', { params: { path: node } }),
  cluster_getDocument: () => cluster.GET('/nodes/{node_id}/documents/{hash}', { params: { path: { ...node, hash: hashOf('hello') } } }),
  cluster_submitJob: async () => {
    const done = await cluster.POST('/jobs', { params: { header: { 'Idempotency-Key': 'k' } }, body: { job_id: 'hello', ...job } });
    evaluationId = done.data?.evaluation_id ?? '';
    return done;
  },
  cluster_planJob: () => cluster.POST('/jobs/plan', { params: { query: { limit: 3 } }, body: { job_id: 'hello', ...job } }),
  cluster_updateJob: () => cluster.PUT('/jobs/{job_id}', { params: { path }, body: job }),
  cluster_revertJob: () => cluster.POST('/jobs/{job_id}/revert', { params: { path }, body: { version: 0 } }),
  cluster_listJobDeployments: () => cluster.GET('/jobs/{job_id}/deployments', { params: { path } }),
  cluster_listJobVersions: () => cluster.GET('/jobs/{job_id}/versions', { params: { path, query: { limit: 10, before: 2 } } }),
  cluster_listJobs: () => cluster.GET('/jobs', { params: { query: { limit: 10 } } }),
  cluster_getJob: () => cluster.GET('/jobs/{job_id}', { params: { path } }),
  cluster_getEvaluation: () => cluster.GET('/evaluations/{evaluation_id}', { params: { path: { evaluation_id: evaluationId } } }),
  cluster_getLogs: () =>
    cluster.GET('/jobs/{job_id}/allocations/{allocation_id}/logs', { params: { path: { ...path, allocation_id: 'al' }, query: { tail: 5 } }, parseAs: 'text' }),
  cluster_stopJob: () => cluster.DELETE('/jobs/{job_id}', { params: { path } }),
  cluster_restartJob: () => cluster.POST('/jobs/{job_id}/restart', { params: { path } }),
  cluster_deleteJob: () => cluster.POST('/jobs/{job_id}/delete', { params: { path } }),
  cluster_listNodes: () => cluster.GET('/nodes', { params: { query: { status: 'ready' } } }),
  cluster_listNodeAllocations: () => cluster.GET('/nodes/{node_id}/allocations', { params: { path: node, query: { limit: 10 } } }),
  cluster_drainNode: () => cluster.POST('/nodes/{node_id}/drain', { params: { path: node }, body: { enable: true } }),
  cluster_declareNodeDown: async () => {
    // One that is heard is refused; what is so already is answered as if it were done now.
    await happened({ type: 'NodeWentDown', data: { nodeId: node.node_id, epoch: 1, reason: 'silent' } });
    return cluster.POST('/nodes/{node_id}/down', { params: { path: node }, body: { reason: 'no power' } });
  },
  cluster_setEligibility: () => cluster.POST('/nodes/{node_id}/eligibility', { params: { path: node }, body: { eligible: true } }),
  cluster_createTemplate: async () => {
    const done = await cluster.POST('/templates', { body: { name: 'web', ...job } });
    templateId = done.data?.template_id ?? '';
    return done;
  },
  cluster_listTemplates: () => cluster.GET('/templates'),
  cluster_getTemplate: () => cluster.GET('/templates/{template_id}', { params: { path: { template_id: templateId } } }),
  cluster_updateTemplate: () => cluster.PUT('/templates/{template_id}', { params: { path: { template_id: templateId } }, body: { description: 'better' } }),
  cluster_deleteTemplate: () => cluster.DELETE('/templates/{template_id}', { params: { path: { template_id: templateId } } }),
  cluster_clearAll: () => cluster.POST('/test/clear-all', { headers: { 'X-API-Key': 'test-key' } }),
};
const auditCalls: Record<keyof AuditOperations, () => Promise<Called>> = {
  audit_readEvents: () => audit.GET('/audit/events', { params: { query: { limit: 3 } }, parseAs: 'text' }),
};

void t.test('a generated client calls every operation of a running server', async (t) => {
  t.equal(answers.size, Object.keys(calls).length - 1, 'all but the log are JSON');
  for (const [operation, call] of Object.entries({ ...calls, ...auditCalls })) {
    const { data, error, response } = await call();
    t.equal(response.status, 200, `${operation}: ${JSON.stringify(error)}`);
    t.ok(data, operation);
    const documented = answers.get(operation);
    if (documented !== undefined) t.same(documented.parse(data), data, `${operation} answers what its document says and no more`);
    if (operation === 'cluster_updateJob') await happened(placed(place('al', 'hello'), 1), started(place('al', 'hello')));
  }
});

void t.test('a generated client is told what is wrong', async (t) => {
  const { error, response } = await cluster.GET('/jobs/{job_id}', { params: { path: { job_id: 'none' } } });
  t.equal(response.status, 404);
  t.equal(error?.error, '作业不存在');
});
