import { access, type ReadinessCheck, type Scope } from '#src/http/index.js';
import { version } from '#src/engine/version.js';
import { answer, enveloped, failures, publicFailures } from '../envelope.js';
import { healthView, statusQuery, statusView, type Connection } from '../system-contract.js';
import { systemStatus } from '../system-status.js';
import { TASKS_SURFACE, type TasksSurface } from '../surface.js';

const DATABASE = ['event-store', 'read-models'];
const MESSAGING = ['nats'];

export function systemReads(scope: Scope, surface: TasksSurface): void {
  const { clock, readiness } = surface.parts;
  const program = version();

  scope.get(
    '/api/health',
    {
      config: { ...access.anyone, waits: 'models' },
      schema: {
        tags: ['system'],
        operationId: 'tasks_getHealth',
        summary: 'Get the health of the server',
        description:
          'Returns 200 even while checks fail; the status is then `degraded`. `/readyz` lists failing checks.',
        response: { 200: answer('The health', 'SystemHealthAnswer', healthView), ...publicFailures() },
      },
    },
    async () => {
      const checks = readiness();
      const status = checks.every(({ ok }) => ok) ? ('healthy' as const) : ('degraded' as const);
      const links = { database: linkOf(checks, DATABASE), message_queue: linkOf(checks, MESSAGING) };
      return enveloped(
        { status, ...links, uptime_seconds: Math.floor(process.uptime()), version: program },
        'Health',
        clock.now(),
      );
    },
  );

  scope.get(
    '/api/system/status',
    {
      config: access.account(`${TASKS_SURFACE}:read`),
      schema: {
        tags: ['system'],
        operationId: 'tasks_getSystemStatus',
        summary: 'Get system statistics',
        description:
          "Returns counts for the caller's tenant or, for an administrator, for all tenants. The counts are updated continuously.",
        querystring: statusQuery,
        response: {
          200: answer('The statistics', 'SystemStatusAnswer', statusView),
          ...failures(),
        },
      },
    },
    async (request, reply) =>
      enveloped(
        await systemStatus(surface, reply, surface.account(request), request.query.timezone),
        'Status',
        clock.now(),
      ),
  );
}

function linkOf(checks: readonly ReadinessCheck[], names: readonly string[]): Connection {
  return checks.some(({ name, ok }) => !ok && names.includes(name)) ? 'disconnected' : 'connected';
}
