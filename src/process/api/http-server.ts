import type { FastifyInstance } from 'fastify';
import type { ReadinessCheck } from '#src/http/index.js';
import { buildBareServer } from '../http/bare-server.js';
import { buildServer, type ServerParts } from '../http/server.js';
import type { RoleSettings } from '../host/roles.js';
import type { ServerHost } from '../host/server-host.js';
import type { Api } from './surface-parts.js';
import type { EventLog } from '../event-log/event-log.js';
import { openAsOf } from '../as-of/open-as-of.js';
import { healthMetrics } from '../health/metrics.js';
import type { KeySettings } from '../keys/settings.js';
import type { ReadSideSettings } from '../read-side/settings.js';
import type { SchedulerSettings } from '../schedulers/settings.js';

type PartSettings = ServerParts['settings'] &
  KeySettings &
  ReadSideSettings &
  RoleSettings &
  SchedulerSettings;

export async function openHttpServer(
  host: ServerHost,
  settings: PartSettings,
  events: EventLog,
  api: Api | undefined,
): Promise<FastifyInstance> {
  const { log: logger } = host;
  const readiness = (): readonly ReadinessCheck[] => host.readiness();
  host.monitorHealth();
  host.measure((each) => healthMetrics(each, readiness, settings.roles));
  const metrics = await host.metrics();
  const app =
    api === undefined
      ? buildBareServer({ settings, readiness, metrics, logger })
      : buildServer({
          ...api.parts,
          surfaces: api.surfaces,
          past: openAsOf(host, settings, events, api.parts.history),
          settings,
          logger,
          metrics,
          wasExpected: (error) => events.outage.refused(error),
        });
  host.onClose('api', async () => await app.close());
  return app;
}
