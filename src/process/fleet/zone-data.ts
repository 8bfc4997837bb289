import { ZONE_DATA_VERSION } from '#domain/tasks/schedule/index.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { ZoneData } from '#src/features/zone-data/index.js';
import type { ReadinessCheck } from '#src/http/index.js';
import type { ServerHost } from '../host/server-host.js';

/** Shows which release of the time zone database decides schedules, and warns if it is not the fleet's, or out of date. */
export function openZoneData(
  host: ServerHost,
  executor: Pick<CommandExecutor, 'execute' | 'load'>,
): ZoneData {
  const { directory, log } = host;
  const zoneData = new ZoneData({
    executor,
    directory,
    onProblem: (code, err) => log.warn({ code, err }),
  });
  host.check(() => checkOfZoneData(zoneData.fleet, host.clock.now()));
  host.measure((metrics) => {
    metrics.gauge(
      'muster_zone_data_info',
      'Always 1; the label shows the release of the time zone database that schedules use.',
      () => [{ labels: { version: ZONE_DATA_VERSION }, value: 1 }],
    );
  });
  return zoneData;
}

/** Not vital: everything but schedules in zones with clock changes goes on. */
export function checkOfZoneData(
  fleet: string | undefined,
  now: number,
  own = ZONE_DATA_VERSION,
): ReadinessCheck {
  const check = { name: 'zone-data', vital: false };
  if (fleet !== undefined && fleet !== own)
    return {
      ...check,
      ok: false,
      detail: `this server has ${own}, the fleet decides schedules with ${fleet}: use one release of Muster on all servers, or run "muster cluster use-zone-data" with the older one while no server runs`,
    };
  const year = Number(own.slice(0, 4));
  // The last data of a year are published by its end, so in the year after the next they are older than twelve months.
  if (new Date(now).getUTCFullYear() > year + 1)
    return { ...check, ok: false, detail: `${own} is older than 12 months: update Muster` };
  return { ...check, ok: true, detail: own };
}
