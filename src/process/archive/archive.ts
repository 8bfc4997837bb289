import { untilAborted } from '#agents/platform/clock/until-aborted.js';
import { Lease } from '#src/engine/lease.js';
import { startArchive, type Archive, type ArchiveStatus } from '#src/features/archive/index.js';
import type { ServerHost } from '../host/server-host.js';
import type { EventLog } from '../event-log/event-log.js';
import { processIds } from '../host/process-ids.js';
import { serverIdOf } from '../data-directory/server-id.js';
import { archiveMetrics } from './metrics.js';
import type { ArchiveSettings } from './settings.js';
import type { ReadSide } from '../read-side/read-side.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';

const DAY_MS = 86_400_000;
/** The lease is long, because archiving is not urgent and each renewal is an event. */
const TERM_MS = 600_000;

/** Archives jobs that ended long ago, on one server at a time. */
export async function openArchive(
  host: ServerHost,
  settings: ArchiveSettings,
  { store, exclusive }: EventLog,
  executor: CommandExecutor,
  views: ReadSide,
): Promise<void> {
  const { clock, log } = host;
  const { projector, readModels } = views;
  if (settings.endedJobsDays === 0 || readModels === undefined) return;
  const options = {
    executor,
    readModels,
    ...(projector !== undefined && { ready: projector.ready }),
    clock,
    ids: processIds,
    logger: log,
    afterMs: settings.endedJobsDays * DAY_MS,
  };
  if (exclusive) {
    const archive = startArchive(options);
    host.onClose('archive', async () => await archive.stop());
    host.measure((metrics) => archiveMetrics(metrics, archive));
    return;
  }
  const lease = new Lease({
    name: 'archive',
    holder: await serverIdOf(host.directory),
    store,
    clock,
    ids: processIds,
    logger: log,
    termMs: TERM_MS,
  });
  let [now, before] = [undefined as Archive | undefined, { archived: 0, failures: 0 }];
  const status = (): ArchiveStatus => {
    const { archived = 0, failures = 0, held = 0 } = now?.status() ?? {};
    return { archived: before.archived + archived, failures: before.failures + failures, held };
  };
  const stopping = new AbortController();
  const running = lease.run(stopping.signal, async (tenure) => {
    const archive = startArchive({ ...options, mayArchive: () => tenure.holds() });
    now = archive;
    await untilAborted(tenure.signal);
    await archive.stop();
    [before, now] = [status(), undefined];
  });
  host.onClose('archive', async () => {
    stopping.abort();
    await running;
  });
  host.measure((metrics) => archiveMetrics(metrics, { status }));
}
