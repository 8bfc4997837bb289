import { messageAlone, type Scope, type SurfacePlugin, type SurfaceHost } from '#src/surfaces/kit/index.js';
import { deploymentWork } from './deployment-work.js';
import { CLUSTER_DOCUMENT } from './document.js';
import { agentReports, desiredReads } from './routes/agent-calls.js';
import { clearOrder } from './routes/clear.js';
import { deploymentReads } from './routes/deployments.js';
import { evaluationReads } from './routes/evaluations.js';
import { jobBodies, jobOrders } from './routes/job-commands.js';
import { jobPlans } from './routes/job-plan.js';
import { jobReads } from './routes/job-reads.js';
import { jobReverts, jobVersionReads } from './routes/job-versions.js';
import { logReads } from './routes/logs.js';
import { nodeAllocationReads, nodeOrders, nodeReads } from './routes/nodes.js';
import { ClusterSurface } from './surface.js';
import { templateBodies, templateOrders, templateReads } from './routes/templates.js';

async function routes(app: Scope, host: SurfaceHost): Promise<void> {
  const surface = new ClusterSurface(host);
  for (const group of [
    jobBodies,
    jobPlans,
    jobOrders,
    jobReverts,
    nodeOrders,
    templateBodies,
    templateOrders,
    agentReports,
    desiredReads,
    clearOrder,
  ]) {
    await app.register(async (scope: Scope) => group(scope, surface));
  }
  await app.register(async (scope: Scope) => {
    surface.positions.readsBehind(scope);
    for (const group of [
      jobReads,
      jobVersionReads,
      deploymentReads,
      logReads,
      nodeReads,
      nodeAllocationReads,
      templateReads,
      evaluationReads,
    ])
      group(scope, surface);
  });
}

/** The contract's errors have exactly one key. */
export const plugin: SurfacePlugin = {
  mounts: ['/register', '/heartbeat', '/jobs', '/nodes', '/templates', '/evaluations', '/test/clear-all'].map(
    (prefix) => ({ prefix }),
  ),
  errorShape: messageAlone,
  document: CLUSTER_DOCUMENT,
  routes,
  work: (host) => [deploymentWork(host)],
};
