import { randomUUID } from 'node:crypto';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventLog } from './event-log.js';
import type { Dependency } from '../host/health-monitor.js';

/** This stream never contains events, so an append at revision 10 is always refused. */
const PROBE_STREAM = 'muster.probe';

/** A full disk and an incomplete log have checks of their own. */
const REFUSALS = ['MUSTER_E_WRONG_REVISION', 'MUSTER_E_STORE_FULL', 'MUSTER_E_LOG_INCOMPLETE'] as const;

/** Probes the store with an append that it must refuse, because reading alone does not show whether commands are accepted. */
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
        if (REFUSALS.some((code) => isMusterError(error, code))) return true;
        throw error;
      },
    );
    if (!refused) throw new Error('the store accepted an append that it must refuse');
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

/** How long a check may read before it reports that it is still in progress, in milliseconds. */
const RETENTION_READ_MS = 1000;
const RETENTION_SHOWN = 10;

/**
 * Finds Muster streams whose metadata discards events or that have lost some. Not vital, because only commands that need such a stream are refused.
 */
export function retentionProbe(
  retention: NonNullable<EventLog['retention']>,
  clock: Pick<Clock, 'sleep'>,
): Dependency {
  return {
    name: 'event-retention',
    vital: false,
    async ask() {
      const isDone = await Promise.race([
        retention.read().then(() => true),
        clock.sleep(RETENTION_READ_MS).then(() => false),
      ]);
      const { problems } = retention;
      if (problems.length === 0)
        return isDone ? 'no stream discards events' : 'reading the metadata of all streams';
      const more = problems.length > RETENTION_SHOWN ? `; and ${problems.length - RETENTION_SHOWN} more` : '';
      throw new Error(
        `${problems.slice(0, RETENTION_SHOWN).join('; ')}${more}: remove the metadata before the next scavenge; removed events can only be restored from a backup`,
      );
    },
  };
}
