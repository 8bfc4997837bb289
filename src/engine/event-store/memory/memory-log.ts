import type { EventFilter, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { ABSENT_STREAM, type StreamState } from '../append-rule.js';
import { matches } from '../event-filter.js';
import type { Scan } from '../log-source.js';

export type LogChange =
  | {
      readonly kind: 'append';
      readonly stream: string;
      readonly events: readonly RecordedEvent[];
      readonly truncateBefore?: number;
    }
  | { readonly kind: 'truncate'; readonly stream: string; readonly before: number }
  | { readonly kind: 'tombstone'; readonly stream: string };

interface MemoryStream {
  readonly events: RecordedEvent[];
  truncateBefore: number;
  tombstoned: boolean;
}

export class MemoryLog {
  readonly #events: RecordedEvent[] = [];
  readonly #streams = new Map<string, MemoryStream>();

  get length(): number {
    return this.#events.length;
  }

  apply(change: LogChange): void {
    const stream = this.#open(change.stream);
    switch (change.kind) {
      case 'append':
        for (const event of change.events) {
          this.#events.push(event);
          stream.events.push(event);
        }
        if (change.truncateBefore !== undefined) stream.truncateBefore = change.truncateBefore;
        return;
      case 'truncate':
        stream.truncateBefore = change.before;
        return;
      case 'tombstone':
        stream.tombstoned = true;
        return;
    }
  }

  state(name: string): StreamState {
    const stream = this.#streams.get(name);
    if (stream === undefined) return ABSENT_STREAM;
    return {
      head: stream.events.length - 1,
      truncateBefore: stream.truncateBefore,
      tombstoned: stream.tombstoned,
    };
  }

  eventAt(stream: string, revision: number): RecordedEvent | undefined {
    return this.#streams.get(stream)?.events[revision];
  }

  eventsOf(stream: string): readonly RecordedEvent[] {
    return this.#streams.get(stream)?.events ?? [];
  }

  scanForwards(after: number, filter: EventFilter | undefined, limit: number): Scan {
    const events: RecordedEvent[] = [];
    let at = Math.max(0, after);
    while (at < this.#events.length && events.length < limit) this.#keep(at++, filter, events);
    return { events, through: Math.max(at, after), more: at < this.#events.length };
  }

  scanBackwards(before: number, filter: EventFilter | undefined, limit: number): Scan {
    const events: RecordedEvent[] = [];
    let at = Math.min(this.#events.length, before - 1);
    while (at > 0 && events.length < limit) this.#keep(--at, filter, events);
    return { events, through: at + 1, more: at > 0 };
  }

  /** Returns an independent copy. */
  copy(): MemoryLog {
    const copy = new MemoryLog();
    for (const event of this.#events) copy.#events.push(event);
    for (const [name, stream] of this.#streams)
      copy.#streams.set(name, { ...stream, events: [...stream.events] });
    return copy;
  }

  #open(name: string): MemoryStream {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = { events: [], truncateBefore: 0, tombstoned: false };
      this.#streams.set(name, stream);
    }
    return stream;
  }

  #keep(index: number, filter: EventFilter | undefined, into: RecordedEvent[]): void {
    const event = this.#events[index];
    if (event !== undefined && (filter === undefined || matches(filter, event))) into.push(event);
  }
}
