import { isMusterError } from '../errors/index.js';
import {
  metadataText,
  type AnyAggregate,
  type AnyEvent,
  type EventDefinition,
  type EventMetadata,
  type EventTable,
  type RecordedOf,
  type StreamKind,
} from '../event/index.js';
import type { RecordedEvent } from '../ports/event-store.js';
import { ownStreams, type OwnStreams } from './own-streams.js';
import { checkLevel, isUnreadable, unknownEvent, upcasted } from './stored-data.js';

type AllOf<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** The events that occur in streams of these kinds, by type. */
export type TableOf<Streams extends readonly StreamKind[]> =
  AllOf<Streams[number]['events']> extends infer Table extends EventTable ? Table : never;

/** An event as it is appended. */
export interface EncodedEvent {
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

/** Kinds of streams: which streams are Muster's, and how their events are written and read. Made by {@link catalog}. */
export interface Catalog<
  Table extends EventTable = EventTable,
  Event = RecordedOf<Table>,
> extends OwnStreams {
  readonly streams: readonly StreamKind[];
  readonly aggregates: readonly AnyAggregate[];
  readonly events: Table;
  /** Types of events that end work ({@link event}). */
  readonly ending: readonly string[];
  /** Categories of the streams, and those that are reserved. */
  readonly categories: readonly string[];
  /** Prefixes of the ids of jobs that Muster submits itself. */
  readonly ownedJobs: readonly string[];
  isOwnedJob(jobId: string): boolean;
  definitionOf(type: string): EventDefinition | undefined;
  /** Validates an event against its strict schema and serialises it. A schema error is a bug in Muster. */
  encode(event: AnyEvent, metadata: Omit<EventMetadata, 'v'>): EncodedEvent;
  /**
   * Decodes an event that is known to be a Muster event, and upcasts older versions. Throws `MUSTER_E_EVENT_UNKNOWN` for an unknown type or version,
   * because such events must never be skipped, `MUSTER_E_EVENT_MALFORMED` for data that no version of Muster writes, and
   * `MUSTER_E_EVENT_NOT_UPCAST` if an upcaster fails, which is a defect of Muster.
   */
  decode(recorded: RecordedEvent): Event;
  /** Decodes an event if it is ours and can be read, and otherwise returns undefined. Throws for an unknown type or version. */
  decodeOurs(recorded: RecordedEvent): Event | undefined;
  /** Like `decodeOurs`, but throws `MUSTER_E_EVENT_NOT_UPCAST` too, because a decision without an event that did happen would be wrong. */
  decodeToDecide(recorded: RecordedEvent): Event | undefined;
}

/** What belongs to Muster although no stream of a catalog declares it. */
export interface Reserved {
  /** Categories for future use: other programs must not write to them. */
  readonly categories: readonly string[];
  readonly jobs: readonly string[];
}

/**
 * Returns the catalog of some kinds of streams. Composition roots make one of all kinds; code that reads single kinds of streams makes one of those.
 * Make it once, not for each event: making it costs a walk over all types.
 */
export function catalog<const Streams extends readonly StreamKind[]>(
  streams: Streams,
  reserved: Reserved = { categories: [], jobs: [] },
): Catalog<TableOf<Streams>> {
  type Table = TableOf<Streams>;
  const kinds: readonly StreamKind[] = streams;
  const events = Object.assign({}, ...kinds.map((kind) => kind.events)) as Table;
  const known = new Map<string, EventDefinition>(Object.entries(events));
  const categories = [...kinds.map(({ category }) => category), ...reserved.categories];
  const own = ownStreams(categories);
  const ownedJobs = [...kinds.flatMap(({ jobs }) => jobs ?? []), ...reserved.jobs];

  const decode = (recorded: RecordedEvent): RecordedOf<Table> => {
    const metadata = JSON.parse(recorded.metadata) as EventMetadata;
    const definition = known.get(recorded.type);
    if (definition === undefined || metadata.v > definition.version)
      throw unknownEvent(recorded.type, metadata.v);
    checkLevel(recorded);
    const data = upcasted(recorded, definition, metadata.v);
    const { id, type, stream, revision, position } = recorded;
    return { type, data, id, stream, revision, position, metadata } as unknown as RecordedOf<Table>;
  };

  const decodeToDecide = (recorded: RecordedEvent): RecordedOf<Table> | undefined => {
    if (!own.isOurs(recorded)) return undefined;
    try {
      return decode(recorded);
    } catch (error) {
      if (!isMusterError(error, 'MUSTER_E_EVENT_MALFORMED')) throw error;
      return undefined;
    }
  };

  return {
    streams: kinds,
    aggregates: kinds.flatMap((kind) => ('decider' in kind ? [kind as AnyAggregate] : [])),
    events,
    ending: Object.keys(events).filter((type) => known.get(type)!.ending),
    categories,
    ownedJobs,
    isOwnedJob: (jobId) => ownedJobs.some((prefix) => jobId.startsWith(prefix)),
    ...own,
    definitionOf: (type) => known.get(type),
    encode: (event, metadata) => {
      const definition = known.get(event.type);
      if (definition === undefined) throw unknownEvent(event.type, 0);
      const data = definition.schema.parse(event.data);
      return {
        type: event.type,
        data: JSON.stringify(data),
        metadata: metadataText(metadata, definition.version),
      };
    },
    decode,
    decodeOurs: (recorded) => {
      try {
        return decodeToDecide(recorded);
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        return undefined;
      }
    },
    decodeToDecide,
  };
}

const OF_ONE = new WeakMap<StreamKind, Catalog>();

/** Returns the catalog of one kind of streams. It is made at the first call. */
export function catalogOf<Table extends EventTable>(kind: StreamKind<Table>): Catalog<Table> {
  let own = OF_ONE.get(kind);
  if (own === undefined) {
    own = catalog([kind]);
    OF_ONE.set(kind, own);
  }
  return own as Catalog<Table>;
}
