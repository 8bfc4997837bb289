import type { ErrorShape, Scope } from '#src/surfaces/kit/index.js';
import { agentReports, desiredReads } from './routes/agent-calls.js';
import { clearOrder } from './routes/clear.js';
import { evaluationReads } from './routes/evaluations.js';
import { jobBodies, jobOrders } from './routes/job-commands.js';
import { jobReads } from './routes/job-reads.js';
import { logReads } from './routes/logs.js';
import { nodeAllocationReads, nodeOrders, nodeReads } from './routes/nodes.js';
import type { ClusterSurface } from './surface.js';
import { templateBodies, templateOrders, templateReads } from './routes/templates.js';

/** Paths that belong to the cluster surface. */
export const CLUSTER_PREFIXES = ['/register', '/heartbeat', '/jobs', '/nodes', '/templates', '/evaluations', '/test/clear-all'];

/** The contract's errors: exactly this key. */
export const clusterErrorShape: ErrorShape = (error) => ({ error: error.message });

/** Every route of the cluster surface, each group in a scope of its own for how it treats bodies. */
export async function clusterPlugin(app: Scope, { surface }: { readonly surface: ClusterSurface }): Promise<void> {
  for (const routes of [jobBodies, jobOrders, nodeOrders, templateBodies, templateOrders, agentReports, desiredReads, clearOrder]) {
    await app.register(async (scope: Scope) => routes(scope, surface));
  }
  await app.register(async (scope: Scope) => {
    surface.positions.readsBehind(scope);
    for (const routes of [jobReads, logReads, nodeReads, nodeAllocationReads, templateReads, evaluationReads]) routes(scope, surface);
  });
}
export { ClusterSurface } from './surface.js';
export { CLUSTER_INFO } from './document.js';
