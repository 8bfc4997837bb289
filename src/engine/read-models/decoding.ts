import { checkLevel, decode, definitionOf, isOwnStream, type EventMetadata, type RecordedMusterEvent } from '#domain/event/index.js';
import { MusterError } from '#domain/errors/index.js';
import type { RecordedEvent } from '#domain/ports/event-store.js';

/** A page of the log as far as it is understood. */
export interface DecodedPage {
  /** Events of the types asked for, in order. */
  readonly events: readonly RecordedMusterEvent[];
  /** How many of the page's events were looked at: all, or those before the one that is not understood. */
  readonly understood: number;
  /** Why the next one stops the fold. */
  readonly problem: unknown;
}

/**
 * Decodes the events that a fold needs. The others are not parsed, but their type and version must be known all the
 * same: an unknown event is never skipped. Events of others' streams are none of ours.
 */
export function decodePage(page: readonly RecordedEvent[], needed: ReadonlySet<string>): DecodedPage {
  const events: RecordedMusterEvent[] = [];
  for (let index = 0; index < page.length; index += 1) {
    const recorded = page[index]!;
    if (!isOwnStream(recorded.stream)) continue;
    try {
      const event = decodeNeeded(recorded, needed);
      if (event !== undefined) events.push(event);
    } catch (problem) {
      return { events, understood: index, problem };
    }
  }
  return { events, understood: page.length, problem: undefined };
}

function decodeNeeded(recorded: RecordedEvent, needed: ReadonlySet<string>): RecordedMusterEvent | undefined {
  const metadata = new StoredMetadata(recorded.metadata);
  const definition = definitionOf(recorded.type);
  if (definition === undefined || metadata.v > definition.version) {
    throw new MusterError('MUSTER_E_EVENT_UNKNOWN', { type: recorded.type, version: metadata.v });
  }
  if (recorded.type === 'ClusterLevelRaised') checkLevel(recorded);
  if (!needed.has(recorded.type)) return undefined;
  if (metadata.v < definition.version) return decode(recorded);
  const { id, stream, revision, position } = recorded;
  return { type: recorded.type, data: JSON.parse(recorded.data) as unknown, id, stream, revision, position, metadata } as RecordedMusterEvent;
}

/** Metadata of which only `at` and `v` are read from the text at once: no projection asks for more, and it is half of an event's JSON. */
class StoredMetadata implements EventMetadata {
  readonly at: number;
  readonly v: number;
  readonly #text: string;
  #parsed: EventMetadata | undefined;

  constructor(text: string) {
    this.#text = text;
    this.at = numberAfter(text, ',"at":') ?? this.#all.at;
    this.v = numberAfter(text, ',"v":') ?? this.#all.v;
  }

  get #all(): EventMetadata {
    return (this.#parsed ??= JSON.parse(this.#text) as EventMetadata);
  }

  get $correlationId(): string {
    return this.#all.$correlationId;
  }
  get $causationId(): string {
    return this.#all.$causationId;
  }
  get commandId(): string | undefined {
    return this.#all.commandId;
  }
  get bodyDigest(): string | undefined {
    return this.#all.bodyDigest;
  }
  get actor(): string | undefined {
    return this.#all.actor;
  }
  get surface(): string | undefined {
    return this.#all.surface;
  }
}

/**
 * The integer behind a key of a flat JSON object without white space. A key inside a string's text can't be mistaken for
 * it: there its quotes are escaped, so no comma stands right before one.
 */
function numberAfter(text: string, key: string): number | undefined {
  let at = text.indexOf(key);
  if (at < 0) return undefined;
  at += key.length;
  let value = 0;
  const start = at;
  for (let code = text.charCodeAt(at); code >= 48 && code <= 57; code = text.charCodeAt(at)) {
    value = value * 10 + code - 48;
    at += 1;
  }
  const end = text.charCodeAt(at);
  // Anything but a plain non-negative integer is left to the real parser.
  return at > start && (end === 44 || end === 125) ? value : undefined;
}
