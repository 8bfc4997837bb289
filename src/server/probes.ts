import { randomUUID } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import type { NatsLink } from '#agents/transport/nats/link.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { SpaceReserve } from '#src/engine/event-store/index.js';
import type { Projector } from '#src/engine/read-models/index.js';
import type { EventLog } from './event-log.js';
import type { Dependency } from './health-monitor.js';

/** This stream never gets events: appending at revision 10 is always refused. */
const PROBE_STREAM = 'muster.probe';
const FLUSH_MS = 1500;

/** Probes with an append that must be refused, because reading alone does not show whether commands are accepted. */
export function eventStoreProbe({
  store,
  check,
  outage,
}: Pick<EventLog, 'store' | 'check' | 'outage'>): Dependency {
  const ask = async (): Promise<string> => {
    const append = store.append({
      stream: PROBE_STREAM,
      expected: 9,
      events: [{ id: randomUUID(), type: 'Probe', data: '{}', metadata: '{}' }],
    });
    const refused = await append.then(
      () => false,
      (error: unknown) => {
        // A full store still accepts events that end work; the disk check reports it.
        if (isMusterError(error, 'MUSTER_E_WRONG_REVISION') || isMusterError(error, 'MUSTER_E_STORE_FULL'))
          return true;
        throw error;
      },
    );
    if (!refused) throw new Error('it takes what it has to refuse');
    await check();
    return `position ${(await store.head()) ?? 'none'}`;
  };
  return {
    name: 'event-store',
    vital: true,
    async ask() {
      try {
        const told = await ask();
        outage.ended();
        return told;
      } catch (error) {
        outage.failed(error);
        throw error;
      }
    },
  };
}

/** Metadata changes rarely, and nothing is lost before the next scavenge. */
const RETENTION_INTERVAL_MS = 20_000;
/** Milliseconds of reading after which the check reports that it is not finished. */
const RETENTION_READ_MS = 1000;
const RETENTION_SHOWN = 10;

/**
 * Looks for streams of Muster whose metadata loses events, or that have lost some. Only commands that need such a stream are refused, so the check is
 * not vital.
 */
export function retentionProbe(
  retention: NonNullable<EventLog['retention']>,
  clock: Pick<Clock, 'sleep'>,
): Dependency {
  return {
    name: 'event-retention',
    vital: false,
    everyMs: RETENTION_INTERVAL_MS,
    async ask() {
      const isDone = await Promise.race([
        retention.read().then(() => true),
        clock.sleep(RETENTION_READ_MS).then(() => false),
      ]);
      const { problems } = retention;
      if (problems.length === 0)
        return isDone ? 'every event is kept' : 'reading the metadata of all streams';
      const more = problems.length > RETENTION_SHOWN ? `; and ${problems.length - RETENTION_SHOWN} more` : '';
      throw new Error(
        `${problems.slice(0, RETENTION_SHOWN).join('; ')}${more}: remove the metadata before the next scavenge; what is gone comes back from a backup only`,
      );
    },
  };
}

export function readModelsProbe(readModels: ReadModels, model: string): Dependency {
  return {
    name: 'read-models',
    vital: true,
    async ask() {
      for await (const page of readModels.list(model, { limit: 1 })) if (page.length > 0) break;
      return `position ${readModels.position()}`;
    },
  };
}

export function projectorProbe(projector: Projector): Dependency {
  return {
    name: 'projector-thread',
    vital: true,
    async ask() {
      await projector.ask();
      return 'answers';
    },
  };
}

/** Not vital: without NATS, running work continues and HTTP is served. */
export function natsProbe(nats: NatsLink): Dependency {
  return {
    name: 'nats',
    vital: false,
    async ask() {
      const { connected, problem, reconnects, version } = nats.status();
      if (!connected) throw new Error(`not connected: ${problem ?? ''}`);
      if (!(await nats.flush(FLUSH_MS))) throw new Error('connected, and does not answer');
      return `connected to ${version ?? 'a server'}, ${reconnects} reconnects`;
    },
  };
}

/** Below this many free bytes nothing new is accepted, whatever the next append would find. */
const FULL_BYTES = 1024 * 1024;

/** Checks the disk of the data directory. Not vital: with a full disk, GETs are served and work can be stopped. */
export function diskProbe(directory: string, reserve: Pick<SpaceReserve, 'isSpent' | 'held'>): Dependency {
  return {
    name: 'disk',
    vital: false,
    async ask() {
      const { bavail, blocks, bsize } = await statfs(directory);
      const free = `${inUnits(bavail * bsize)} of ${inUnits(blocks * bsize)} free at ${directory}`;
      const left =
        reserve.held === 0
          ? 'nothing is left of the reserve'
          : `${inUnits(reserve.held)} of the reserve are left`;
      if (reserve.isSpent) throw new Error(`full: ${free}; only what ends work is taken, and ${left}`);
      if (bavail * bsize < FULL_BYTES) throw new Error(`full: ${free}`);
      return free;
    },
  };
}

function inUnits(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.round(bytes / 1e3)} kB`;
}
