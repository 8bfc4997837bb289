import { eventMetadata, type EventMetadata } from './metadata.js';

const PLAIN = '"[ !#-[\\]-\\uffff]*"';
const CANONICAL = new RegExp(
  `^\\{"\\$correlationId":${PLAIN},"\\$causationId":${PLAIN},"at":(0|[1-9]\\d{0,14}),"v":([1-9]\\d{0,8})(?:,"(?:commandId|bodyDigest|actor|apiKey|surface)":${PLAIN})*(?:,"(?:basis|rules)":(?:0|[1-9]\\d{0,14}))*\\}$`,
);
/** A newer version of Muster may add fields, but these must be present. */
const complete = eventMetadata.loose();

/** Parses Muster's metadata, and returns undefined for any other string. Parsing is lazy, because folds only read `at` and `v`. */
export function readMetadata(text: string): EventMetadata | undefined {
  const canonical = CANONICAL.exec(text);
  if (canonical !== null) return new StoredMetadata(text, Number(canonical[1]), Number(canonical[2]));
  try {
    return complete.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

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
  get apiKey(): string | undefined {
    return this.#all.apiKey;
  }
  get surface(): string | undefined {
    return this.#all.surface;
  }
  get basis(): number | undefined {
    return this.#all.basis;
  }
  get rules(): number | undefined {
    return this.#all.rules;
  }
}
