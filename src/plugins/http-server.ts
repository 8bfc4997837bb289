import type { FastifyInstance } from 'fastify';
import type { ReadinessCheck } from '#src/http/index.js';
import { buildBareServer } from '../server/api/bare-server.js';
import { buildServer, type ServerParts } from '../server/api/server.js';
import type { RoleSettings } from '../server/process/roles.js';
import type { ServerHost } from '../server/process/server-host.js';
import type { Api } from './api.js';
import type { EventLog } from './event-log/event-log.js';
import { openPast } from './past.js';
import { healthMetrics } from './health.metrics.js';
import type { KeySettings } from './keys/settings.js';
import type { ReadSideSettings } from './read-side.settings.js';
import type { SchedulerSettings } from './schedulers.settings.js';

type PluginSettings = ServerParts['settings'] &
  KeySettings &
  ReadSideSettings &
  RoleSettings &
  SchedulerSettings;

export async function openHttpServer(
  host: ServerHost,
  settings: PluginSettings,
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
          past: openPast(host, settings, events, api.parts.history),
          settings,
          logger,
          metrics,
          wasExpected: (error) => events.outage.refused(error),
        });
  host.onClose('api', async () => await app.close());
  return app;
}
