import { CLUSTER_LEVEL } from '../event/cluster-level.js';
import type { EventDefinition } from '../event/index.js';
import { malformedField } from '../event/well-formed.js';
import { isMusterError, MusterError } from '../errors/index.js';
import type { RecordedEvent } from '../ports/event-store.js';

/** Returns whether the error is about the data of one event. Such an event is set aside, and everything else continues. */
export function isUnreadable(error: unknown): error is MusterError {
  return (
    isMusterError(error, 'MUSTER_E_EVENT_MALFORMED') || isMusterError(error, 'MUSTER_E_EVENT_NOT_UPCAST')
  );
}

/** Returns the data of an event in its current version. Throws like {@link Catalog.decode}. */
export function upcasted(recorded: RecordedEvent, definition: EventDefinition, written: number): unknown {
  let data: unknown;
  try {
    data = JSON.parse(recorded.data);
  } catch (error) {
    throw unreadable('MUSTER_E_EVENT_MALFORMED', recorded, written, error);
  }
  for (let version = written; version < definition.version; version += 1) {
    const upcast = definition.upcasters?.[version];
    if (upcast === undefined) throw unknownEvent(recorded.type, written);
    try {
      data = upcast(data);
    } catch (error) {
      throw unreadable('MUSTER_E_EVENT_NOT_UPCAST', recorded, version, error);
    }
  }
  const problem = malformedField(definition, data);
  if (problem !== undefined) throw unreadable('MUSTER_E_EVENT_MALFORMED', recorded, written, problem);
  return data;
}

function unreadable(
  code: 'MUSTER_E_EVENT_MALFORMED' | 'MUSTER_E_EVENT_NOT_UPCAST',
  { type, stream, revision, position }: RecordedEvent,
  version: number,
  problem: unknown,
): MusterError {
  return new MusterError(code, {
    type,
    version,
    stream,
    revision,
    position: String(position),
    problem: problem instanceof Error ? problem.message : String(problem),
  });
}

/** Throws `MUSTER_E_EVENT_UNKNOWN` if the event raises the level above those that this program supports. Every fold stops there. */
export function checkLevel({ type, data }: Pick<RecordedEvent, 'type' | 'data'>): void {
  if (type !== 'ClusterLevelRaised') return;
  const { level } = JSON.parse(data) as { readonly level: number };
  if (level > CLUSTER_LEVEL) throw unknownEvent(`ClusterLevelRaised to ${level}`, 1);
}

export function unknownEvent(type: string, version: number): MusterError {
  return new MusterError('MUSTER_E_EVENT_UNKNOWN', { type, version });
}
