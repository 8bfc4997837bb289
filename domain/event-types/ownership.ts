import type { RecordedEvent } from '../ports/event-store.js';
import { eventMetadata, type EventMetadata } from '../event/metadata.js';
import { isOwnStream } from './categories.js';

type Owned = Pick<RecordedEvent, 'stream' | 'metadata'>;

/**
 * Whose an event is. The log may be shared, and a store takes what it is given:
 * - `ours`: in a stream of ours, with complete metadata of ours. It is never skipped: where its type or version is not known, the fold stops;
 * - `foreign`: in a stream of ours, written by somebody else. Every fold skips it, and it is counted;
 * - `others`: in a stream that is not ours. Nobody looks at it.
 *
 * This is the one place that decides it.
 */
export type Ownership = 'ours' | 'foreign' | 'others';

export function ownershipOf(event: Owned): Ownership {
  if (!isOwnStream(event.stream)) return 'others';
  return readMetadata(event.metadata) === undefined ? 'foreign' : 'ours';
}

export function isOurs(event: Owned): boolean {
  return ownershipOf(event) === 'ours';
}

/** Strings without escapes: every string that we write into metadata but for rare names of actors. */
const PLAIN = '"[ !#-[\\]-\\uffff]*"';
/** The text as `metadataText` writes it. */
const CANONICAL = new RegExp(
  `^\\{"\\$correlationId":${PLAIN},"\\$causationId":${PLAIN},"at":(0|[1-9]\\d{0,14}),"v":([1-9]\\d{0,8})(?:,"(?:commandId|bodyDigest|actor|surface)":${PLAIN})*\\}$`,
);
/** A newer version of Muster may say more; what it says today must be there. */
const complete = eventMetadata.loose();

/** Metadata of ours; undefined for any other text. Most of it is only parsed when somebody asks: folds read `at` and `v`. */
export function readMetadata(text: string): EventMetadata | undefined {
  const canonical = CANONICAL.exec(text);
  if (canonical !== null) return new StoredMetadata(text, Number(canonical[1]), Number(canonical[2]));
  try {
    return complete.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Metadata of which only `at` and `v` were read from the text: it is half of an event's JSON, and no projection asks for more. */
class StoredMetadata implements EventMetadata {
  readonly #text: string;
  #parsed: EventMetadata | undefined;

  constructor(
    text: string,
    readonly at: number,
    readonly v: number,
  ) {
    this.#text = text;
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
