import { isFailure } from '#domain/kernel/event/index.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { mentionKey, unquoted } from '#domain/kernel/ports/log-mentions.js';
import type { Models } from '../models.js';
import type { LogCount, LogSample } from './changes.js';

/** Number of events between two samples, which is also the maximum number that a search for a moment reads. */
export const SAMPLE_EVENTS = 1024;
export const COUNT_SPANS_MS = [60_000, 3_600_000] as const;
/** The form that Muster writes. Other writers may add spaces. */
const CORRELATION = '{"$correlationId":"';
const ANY_CORRELATION = /"\$correlationId"\s*:\s*("(?:[^"\\]|\\.)*")/;

/** Index entries that were added since the last commit. */
export interface LogIndexChanges {
  readonly samples: readonly LogSample[];
  readonly counts: readonly LogCount[];
  /** Keys of the correlations and jobs that each event mentions. */
  readonly mentions: readonly (readonly [key: number, position: bigint])[];
}

/** Indexes a log in order. Only one batch uses it at a time. */
export class LogIndex {
  #samples: LogSample[] = [];
  #open: LogSample | undefined;
  readonly #counts = new Map<number, LogCount>();
  #mentions: [number, bigint][] = [];

  readonly #catalog: Catalog;
  readonly #mentionedBy: Models['mentionedBy'];

  constructor({ catalog, mentionedBy }: Pick<Models, 'catalog' | 'mentionedBy'>, newest: bigint | undefined) {
    this.#catalog = catalog;
    this.#mentionedBy = mentionedBy;
    if (newest !== undefined) this.#open = { position: newest, created: 0, events: 0 };
  }

  /** Position of the newest indexed event. */
  get newest(): bigint | undefined {
    return this.#open?.position;
  }

  get size(): number {
    return this.#mentions.length;
  }

  get changes(): LogIndexChanges {
    const open = this.#open;
    return {
      samples: open === undefined || open.events === 0 ? this.#samples : [...this.#samples, open],
      counts: [...this.#counts.values()],
      mentions: this.#mentions,
    };
  }

  add(page: readonly RecordedEvent[]): void {
    for (const event of page) {
      if (this.#open !== undefined && event.position <= this.#open.position) continue;
      this.#sample(event);
      this.#count(event);
      this.#mention(event);
    }
  }

  committed(): void {
    this.#samples = [];
    this.#counts.clear();
    this.#mentions = [];
    if (this.#open !== undefined) this.#open = { ...this.#open, events: 0 };
  }

  #sample({ position, created }: RecordedEvent): void {
    const open = this.#open;
    const events = (open?.events ?? 0) + 1;
    this.#open = { position, created: Math.max(open?.created ?? created, created), events };
    if (events < SAMPLE_EVENTS) return;
    this.#samples.push(this.#open);
    this.#open = { ...this.#open, events: 0 };
  }

  #count({ type, data, created }: RecordedEvent): void {
    const definition = this.#catalog.definitionOf(type);
    const failures = definition !== undefined && isFailure(definition, data) ? 1 : 0;
    for (const span of COUNT_SPANS_MS) {
      const start = created - (created % span);
      // Spans of different lengths may begin at the same time, so the key includes the length.
      const key = start + (span === COUNT_SPANS_MS[0] ? 0 : 1);
      const count = this.#counts.get(key);
      this.#counts.set(key, {
        span,
        start,
        events: (count?.events ?? 0) + 1,
        failures: (count?.failures ?? 0) + failures,
      });
    }
  }

  #mention(event: RecordedEvent): void {
    const { metadata, position } = event;
    const correlation = correlationIn(metadata);
    if (correlation !== undefined) this.#mentions.push([mentionKey({ correlation }), position]);
    for (const mention of this.#mentionedBy(event)) this.#mentions.push([mentionKey(mention), position]);
  }
}

function correlationIn(metadata: string): string | undefined {
  if (metadata.startsWith(CORRELATION)) {
    const text = metadata.slice(CORRELATION.length, metadata.indexOf('"', CORRELATION.length));
    if (!text.includes('\\')) return text;
  }
  const quoted = ANY_CORRELATION.exec(metadata)?.[1];
  return quoted === undefined ? undefined : unquoted(quoted);
}
