import type { FastifyInstance } from 'fastify';
import { buildBareServer } from '../server/api/bare-server.js';
import { buildServer, type ServerParts } from '../server/api/server.js';
import type { RoleSettings } from '../server/process/roles.js';
import type { ServerHost } from '../server/process/server-host.js';
import type { Api } from './api.js';
import { openDecisions } from './decisions.js';
import { openDryRuns } from './dry-runs.js';
import type { EventLog } from './event-log/event-log.js';
import { openPast } from './past.js';
import { openWhatIf } from './what-if.js';
import { healthMetrics } from './health.metrics.js';
import type { KeySettings } from './keys/settings.js';
import type { Messaging } from './messaging.js';
import type { QuotaSettings } from './quotas.settings.js';
import type { ReadSideSettings } from './read-side.settings.js';
import type { SchedulerSettings } from './schedulers.settings.js';
import type { RunningScheduler } from '#src/fleet/scheduler/index.js';

type PluginSettings = ServerParts['settings'] &
  KeySettings &
  ReadSideSettings &
  RoleSettings &
  SchedulerSettings &
  QuotaSettings;

export async function openHttpServer(
  host: ServerHost,
  settings: PluginSettings,
  events: EventLog,
  schedulers: readonly RunningScheduler[],
  messaging: Messaging,
  api: Api | undefined,
): Promise<FastifyInstance> {
  const { log: logger } = host;
  const readiness = host.monitorHealth();
  host.measure((each) => healthMetrics(each, readiness, settings.roles));
  const metrics = await host.metrics();
  const dryRuns = openDryRuns(host, settings, schedulers, events);
  const decisions = openDecisions(host, settings, events);
  const whatIf = openWhatIf(host, settings, events);
  const app =
    api === undefined
      ? buildBareServer({ settings, readiness, metrics, logger })
      : buildServer({
          ...api,
          workersSeen: messaging.workersSeen,
          dryRuns,
          past: openPast(host, settings, events, api.history),
          decisions,
          whatIf,
          settings,
          logger,
          readiness,
          metrics,
          wasExpected: (error) => events.outage.refused(error),
        });
  host.onClose('api', async () => await app.close());
  return app;
}
