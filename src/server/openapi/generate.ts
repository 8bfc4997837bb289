import fastify, { type FastifyInstance } from 'fastify';
import { clusterPlugin, ClusterSurface, CLUSTER_INFO } from '#src/surfaces/cluster/index.js';
import { auditPlugin, AUDIT_INFO } from '#src/surfaces/audit/index.js';
import type { ServerParts } from '../api/server.js';
import { DEFAULT_LIMITS, ApiDocuments, Followers, Positions, validateByZod } from '#src/surfaces/kit/index.js';
import { gpuPlugin, GpuSurface, GPU_INFO } from '#src/surfaces/gpu/index.js';
import { agentRoutes } from './agent-routes.js';
import { AGENT_INFO } from './agent-info.js';

/**
 * The OpenAPI documents of every surface and of the agent, by file name: the same text each time, made of the route
 * schemas alone.
 */
export async function generateOpenapi(): Promise<Record<string, string>> {
  const documents = new ApiDocuments();
  const app = fastify();
  app.setValidatorCompiler(validateByZod);
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  const parts = undocumentedParts();
  const followers = new Followers(0, parts.clock);
  const positions = new Positions(parts.readModels, 0, 0);
  const scoped = (name: string, info: Parameters<ApiDocuments['describe']>[2], routes: (scope: FastifyInstance) => Promise<unknown>): void => {
    app.register(async (scope) => {
      await documents.describe(scope, name, info);
      await routes(scope);
    });
  };
  scoped('cluster', CLUSTER_INFO, async (scope) => scope.register(clusterPlugin, { surface: new ClusterSurface(parts, DEFAULT_LIMITS, positions, followers) }));
  scoped('audit', AUDIT_INFO, async (scope) => scope.register(auditPlugin, { parts, limits: DEFAULT_LIMITS, followers }));
  scoped('gpu', GPU_INFO, async (scope) => scope.register(gpuPlugin, { surface: new GpuSurface(parts, DEFAULT_LIMITS, positions, followers, parts.gpuClaims) }));
  scoped('agent', AGENT_INFO, async (scope) => scope.register(agentRoutes));
  await app.ready();
  const files = documents.names.map((name) => [`${name}.json`, `${JSON.stringify(documents.get(name), null, 2)}\n`]);
  await app.close();
  return Object.fromEntries(files) as Record<string, string>;
}

const UNDOCUMENTED: Readonly<Record<string, unknown>> = { settings: {}, identity: {} };

/** Parts of a server that serves nobody: no handler runs when only documents are made. */
function undocumentedParts(): ServerParts {
  return new Proxy({} as ServerParts, { get: (_target, name) => UNDOCUMENTED[String(name)] });
}
