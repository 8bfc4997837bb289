import { untilAborted } from '#agents/clock/until-aborted.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { CommandExecutor } from '#src/engine/commands/index.js';
import { Lease } from '#src/engine/lease.js';
import { startArchive, type Archive, type ArchiveStatus } from '#src/fleet/archive/index.js';
import type { Closing } from './closing.js';
import type { EventLog } from './event-log.js';
import type { Log } from './log.js';
import { processIds } from './process-ids.js';
import { serverIdOf } from './server-id.js';
import type { Settings } from './settings/settings.js';
import type { ReadSide } from './read-side.js';

const DAY_MS = 86_400_000;
/** The lease is long because archiving is not urgent and each renewal is an event. */
const TERM_MS = 600_000;

export interface ArchiveParts {
  readonly settings: Pick<Settings, 'endedJobsDays'>;
  readonly directory: string;
  readonly events: EventLog;
  readonly executor: CommandExecutor;
  readonly views: ReadSide;
  readonly clock: Clock;
  readonly log: Log;
}

/** Archives jobs that ended long ago, on one server at a time. Returns undefined if archiving is off. */
export async function openArchive(
  { settings, directory, events: { store, exclusive }, executor, views, clock, log }: ArchiveParts,
  closing: Closing,
): Promise<Pick<Archive, 'status'> | undefined> {
  const { projector, readModels } = views;
  if (settings.endedJobsDays === 0 || readModels === undefined) return undefined;
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
    closing.add('archive', async () => await archive.stop());
    return archive;
  }
  const lease = new Lease({
    name: 'archive',
    holder: await serverIdOf(directory),
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
  closing.add('archive', async () => {
    stopping.abort();
    await running;
  });
  return { status };
}
