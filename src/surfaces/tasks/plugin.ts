import { tasks } from '#domain/tasks/task/index.js';
import { TenantSecrets } from '#src/accounts/index.js';
import { chainWork, dropWork, Execution, RunRate, runWork, slotWork, Tasks } from '#src/fleet/tasks/index.js';
import type { Scope, SurfaceHost } from '#src/http/index.js';
import type { SurfacePlugin } from '#src/surfaces/surface.js';
import { TASKS_DOCUMENT } from './document.js';
import { inWireWords } from './definition.js';
import { envelopedError } from './envelope.js';
import { runLogs } from './routes/run-logs.js';
import { runRoutes } from './routes/runs.js';
import { quotaRoutes } from './routes/quotas.js';
import { secretRoutes } from './routes/secrets.js';
import { taskRoutes } from './routes/tasks.js';
import { systemReads } from './routes/system.js';
import { workerRoutes } from './routes/workers.js';
import { ADMINISTRATORS, RIGHTS, SHOWS_AUTHORIZATION, TasksSurface, type TasksParts } from './surface.js';
import { WorkerHeartbeats } from './worker-heartbeats.js';
import { taskMetrics } from './metrics.js';
import { notificationWork } from './notification-work.js';
import { notificationRoutes } from './routes/notifications.js';

const RESOURCES = [
  taskRoutes,
  runRoutes,
  runLogs,
  notificationRoutes,
  secretRoutes,
  workerRoutes,
  systemReads,
  quotaRoutes,
];

const NODE_TIMEOUT_SECONDS = 30;

async function routes(app: Scope, host: SurfaceHost<TasksParts>): Promise<void> {
  const { executor, clock, decided, nodeCommands, settings, identity, workersSeen, quotas } = host.parts;
  const execution = new Execution({ executor, quotas, openExecution: settings.openExecution ?? false });
  const runRate = new RunRate(clock);
  decided?.listen(tasks, runRate.count);
  const timeoutMs = (settings.nodeTimeoutSeconds ?? NODE_TIMEOUT_SECONDS) * 1000;
  const workers = new WorkerHeartbeats({
    clock,
    timeoutMs,
    isNode: (workerId) => nodeCommands.isRegistered(workerId),
    seen: workersSeen,
  });
  const surface = new TasksSurface(
    host,
    execution,
    new Tasks({ executor, clock, execution, quotas, inWords: inWireWords }),
    workers,
    new TenantSecrets({ executor, sealer: identity.sealer }),
    runRate,
  );
  for (const resource of RESOURCES) resource(app, surface);
}

export const plugin: SurfacePlugin<unknown, TasksParts> = {
  mounts: [
    { prefix: '/api/tasks', header: SHOWS_AUTHORIZATION },
    ...['/api/workers', '/api/secrets', '/api/quotas', '/api/health', '/api/system'].map((prefix) => ({
      prefix,
    })),
  ],
  errorShape: envelopedError,
  document: TASKS_DOCUMENT,
  rights: RIGHTS,
  administrators: ADMINISTRATORS,
  routes,
  work: (parts) => {
    const { executor, quotas, settings, identity } = parts;
    const { sealer } = identity;
    const execution = new Execution({ executor, quotas, openExecution: settings.openExecution ?? false });
    return [
      slotWork(execution, parts),
      chainWork(execution),
      runWork({ ...parts, sealer }),
      dropWork(),
      notificationWork({ ...parts, sealer }),
    ];
  },
  measure: (metrics, { decided, clock }) => {
    if (decided !== undefined) taskMetrics(metrics, decided, clock);
  },
};
