import { isMusterError } from '#domain/kernel/errors/index.js';
import { isNoSpace } from '#src/engine/event-store/index.js';
import {
  epochsOf,
  isIn,
  newestOwn,
  readSeen,
  writeSeen,
  type SeenLog,
} from '#src/features/transparency/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { ReadinessCheck } from '#src/http/index.js';
import type { ServerHost } from '../host/server-host.js';
import { retryWhileUnavailable } from '../host/retry.js';
import type { EventLog } from './event-log.js';

const INTERVAL_MS = 2_000;

/** Remembers in the data directory what was read of the log, and shows what the log lacks of it. */
export async function openSeenLog(host: ServerHost, events: EventLog): Promise<void> {
  const { loss } = events;
  host.check(() => checkOf(loss));
  host.measure((metrics) => {
    metrics.gauge(
      'muster_log_missing_events',
      'Signed events that the log lacked when this server started. Nothing is appended until an operator accepts the loss.',
      () => [{ value: loss?.missing ?? 0 }],
    );
  });
  if (loss === undefined) await remember(host, events);
}

/** Not vital, because everything can still be read. */
function checkOf(loss: EventLog['loss']): ReadinessCheck {
  const check = { name: 'log-complete', vital: false };
  return loss === undefined
    ? { ...check, ok: true, detail: 'the log has what this data directory has read' }
    : { ...check, ok: false, detail: `only reads are possible: ${loss.problem}` };
}

async function remember(host: ServerHost, events: EventLog): Promise<void> {
  const { directory, clock } = host;
  const {
    store,
    catalog: { isOwnStream },
  } = events;
  const known = readSeen(directory);
  const isSame = known?.log === store.id;
  // Positions of another log mean nothing in this one.
  const accepted = events.accepted ?? (isSame ? known.accepted : undefined);
  const inLog = await retryWhileUnavailable(clock)(() => epochsOf(store));
  const epochs = [...new Set([...(known?.epochs ?? []), ...inLog])];
  // What is older than what was read of this log is not newer than it, unless its loss was accepted.
  let seen: SeenLog | undefined = isSame && events.accepted === undefined ? known : undefined;
  let isWritten = seen?.epochs.length === epochs.length;
  let writing = Promise.resolve();
  const see = ({ position, id }: Pick<RecordedEvent, 'position' | 'id'>): Promise<void> => {
    const next = writing.then(async () => {
      if (seen === undefined || position > BigInt(seen.position))
        seen = {
          log: store.id,
          position: String(position),
          event: id,
          epochs,
          ...(accepted && { accepted }),
        };
      else if (isWritten) return;
      else seen = { ...seen, epochs };
      isWritten = false;
      await writeSeen(directory, seen);
      isWritten = true;
    });
    writing = next.catch(() => undefined);
    return next;
  };
  const look = async (): Promise<void> => {
    const followed = events.newestOwn?.();
    if (followed !== undefined) return await see(followed);
    if (isWritten && String(await store.head()) === seen?.position) return;
    const newest = await newestOwn(store, isOwnStream);
    // What was read is not forgotten because the log was replaced in the meantime. The next start reports it.
    if (newest !== undefined && (seen === undefined || (await isIn(store, seen)))) await see(newest);
  };
  host.endOn(
    events.fatal.then(async (error) => {
      const followed = events.newestOwn?.();
      if (followed !== undefined) await see(followed);
      return error;
    }),
  );
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    for (let isLast = false; !isLast;) {
      isLast = stopping.signal.aborted;
      try {
        await look();
      } catch (error) {
        // Checks of their own report an unreachable store and a full disk.
        if (!isMusterError(error) && !isNoSpace(error))
          host.log.warn({ code: 'log-seen-failed', err: error });
      }
      await clock.sleep(INTERVAL_MS, stopping.signal);
    }
  };
  const running = run();
  host.onClose('seen-log', async () => {
    stopping.abort();
    await running;
  });
}
