import { CLUSTER_LEVEL } from '../cluster/level.js';
import { isMusterError, MusterError } from '../kernel/errors/index.js';
import type { RecordedEvent } from '../kernel/ports/event-store.js';
import type { AnyEvent, EventDefinition } from '../kernel/event/definition.js';
import { metadataText, type EventMetadata } from '../kernel/event/metadata.js';
import { isOurs } from './ownership.js';
import { malformedField } from './well-formed.js';
import { definitionOf, knownType, type RecordedMusterEvent } from './registry.js';

/** Validates an event against its strict schema and serialises it. A schema error is a bug in Muster. */
export function encode(
  event: AnyEvent,
  metadata: Omit<EventMetadata, 'v'>,
): { type: string; data: string; metadata: string } {
  const definition = definitionOf(event.type);
  if (definition === undefined) throw unknown(event.type, 0);
  const data = definition.schema.parse(event.data);
  return {
    type: event.type,
    data: JSON.stringify(data),
    metadata: metadataText(metadata, definition.version),
  };
}

/** Decodes a stored event if it is a Muster event that can be read, and otherwise returns undefined. Throws for an unknown type or version. */
export function decodeOurs(recorded: RecordedEvent): RecordedMusterEvent | undefined {
  try {
    return decodeToDecide(recorded);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return undefined;
  }
}

/**
 * Like {@link decodeOurs}, but throws `MUSTER_E_EVENT_NOT_UPCAST` too, because a decision without an event that did happen would be wrong.
 */
export function decodeToDecide(recorded: RecordedEvent): RecordedMusterEvent | undefined {
  if (!isOurs(recorded)) return undefined;
  try {
    return decode(recorded);
  } catch (error) {
    if (!isMusterError(error, 'MUSTER_E_EVENT_MALFORMED')) throw error;
    return undefined;
  }
}

/** Returns whether the error is about the data of one event. Such an event is set aside, and everything else continues. */
export function isUnreadable(error: unknown): error is MusterError {
  return (
    isMusterError(error, 'MUSTER_E_EVENT_MALFORMED') || isMusterError(error, 'MUSTER_E_EVENT_NOT_UPCAST')
  );
}

/**
 * Decodes an event that is known to be a Muster event, and upcasts older versions. Throws `MUSTER_E_EVENT_UNKNOWN` for an unknown type or
 * version, because such events must never be skipped, `MUSTER_E_EVENT_MALFORMED` for data that no version of Muster writes, and
 * `MUSTER_E_EVENT_NOT_UPCAST` if an upcaster fails, which is a defect of Muster.
 */
export function decode(recorded: RecordedEvent): RecordedMusterEvent {
  const metadata = JSON.parse(recorded.metadata) as EventMetadata;
  const known = knownType(recorded.type);
  if (known === undefined || metadata.v > known.definition.version) throw unknown(recorded.type, metadata.v);
  const { type, definition } = known;
  if (type === 'ClusterLevelRaised') checkLevel(recorded);
  const data = upcasted(recorded, definition, metadata.v);
  const { id, stream, revision, position } = recorded;
  return { type, data, id, stream, revision, position, metadata } as RecordedMusterEvent;
}

/** Returns the data of an event in its current version. Throws like {@link decode}. */
export function upcasted(recorded: RecordedEvent, definition: EventDefinition, written: number): unknown {
  let data: unknown;
  try {
    data = JSON.parse(recorded.data);
  } catch (error) {
    throw unreadable('MUSTER_E_EVENT_MALFORMED', recorded, written, error);
  }
  for (let version = written; version < definition.version; version += 1) {
    const upcast = definition.upcasters?.[version];
    if (upcast === undefined) throw unknown(recorded.type, written);
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

/** Throws `MUSTER_E_EVENT_UNKNOWN` for a level that this program does not support. Every fold stops there. */
export function checkLevel({ data }: Pick<RecordedEvent, 'data'>): void {
  const { level } = JSON.parse(data) as { readonly level: number };
  if (level > CLUSTER_LEVEL) throw unknown(`ClusterLevelRaised to ${level}`, 1);
}

function unknown(type: string, version: number): MusterError {
  return new MusterError('MUSTER_E_EVENT_UNKNOWN', { type, version });
}
