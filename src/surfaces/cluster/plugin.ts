import { messageAlone, type Scope, type SurfaceHost } from '#src/http/index.js';
import type { SurfacePlugin } from '#src/surfaces/surface.js';
import { deploymentWork } from './deployment-work.js';
import { CLUSTER_DOCUMENT } from './document.js';
import { agentCalls } from './routes/agent-calls.js';
import { allocationUsageReads } from './routes/allocation-usage.js';
import { clearOrder } from './routes/clear.js';
import { taskCommandRoutes } from './routes/task-commands.js';
import { deploymentReads } from './routes/deployments.js';
import { evaluationReads } from './routes/evaluations.js';
import { jobCommands } from './routes/job-commands.js';
import { jobParser } from './routes/job-parse.js';
import { jobPlans } from './routes/job-plan.js';
import { jobReads } from './routes/job-reads.js';
import { jobReverts, jobVersionReads } from './routes/job-versions.js';
import { logReads } from './routes/logs.js';
import { nodeOrders, nodeReads, nodeRemoval } from './routes/nodes.js';
import { ClusterSurface, type ClusterParts } from './surface.js';
import { whatIfReads } from './routes/what-if.js';
import { templateCommands, templateReads } from './routes/templates.js';

const RESOURCES = [
  jobCommands,
  jobParser,
  jobPlans,
  whatIfReads,
  jobReverts,
  nodeOrders,
  nodeRemoval,
  templateCommands,
  agentCalls,
  clearOrder,
  jobReads,
  jobVersionReads,
  deploymentReads,
  logReads,
  allocationUsageReads,
  taskCommandRoutes,
  nodeReads,
  templateReads,
  evaluationReads,
];

async function routes(app: Scope, host: SurfaceHost<ClusterParts>): Promise<void> {
  const surface = new ClusterSurface(host);
  for (const resource of RESOURCES) resource(app, surface);
}

export const plugin: SurfacePlugin<unknown, ClusterParts> = {
  mounts: [
    '/register',
    '/heartbeat',
    '/jobs',
    '/allocations',
    '/nodes',
    '/templates',
    '/evaluations',
    '/what-if',
    '/test/clear-all',
  ].map((prefix) => ({ prefix })),
  // The contract allows exactly one key in errors.
  errorShape: messageAlone,
  document: CLUSTER_DOCUMENT,
  routes,
  work: (parts) => [deploymentWork(parts)],
};
