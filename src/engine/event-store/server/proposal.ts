import type { NewEvent } from '#domain/ports/event-store.js';
import { proposedEvent, type ProposedMessage } from './proposed-event.js';
import { appendTooLarge, notOfMuster } from './status.js';
import type { WriteRule } from './write-rule.js';

/** How much one append may hold, in bytes. */
export interface AppendBounds {
  /** Of all events' data, which is what EventStoreDB counts. */
  readonly data: number;
  /** Of everything. */
  readonly total: number;
  /** Of all appends that are being written at once; more wait. */
  readonly underWay: { readonly appends: number; readonly bytes: number };
}

/** EventStoreDB's own, and a bound for what it does not count. */
export const STORE_BOUNDS: AppendBounds = { data: 1_048_576, total: 32 * 1_048_576, underWay: { appends: 2048, bytes: 64 * 1_048_576 } };
/** The same with another bound of data, in bytes, as EventStoreDB's `--max-append-size`. */
export function storeBounds(data: number): AppendBounds {
  return { ...STORE_BOUNDS, data };
}

/**
 * Next to a running Muster: as much as an append of its own may hold, because its threads read pages of any events; and few at once, because its commands
 * wait for the same disk.
 */
export const BESIDE_BOUNDS: AppendBounds = { data: 262_144, total: 262_144, underWay: { appends: 256, bytes: 4 * 1_048_576 } };

/** What an event takes in addition to its texts, roughly. */
const EVENT_OVERHEAD = 64;

/** The events of one append as they come in. */
export class Proposal {
  readonly events: NewEvent[] = [];
  #data = 0;
  #total = 0;

  constructor(
    private readonly stream: string,
    private readonly bounds: AppendBounds,
    private readonly rule: Pick<WriteRule, 'takesEvent'>,
  ) {}

  /** All of it, in bytes. */
  get size(): number {
    return this.#total;
  }

  /** Throws where EventStoreDB refuses the event, where it is too much, and where the stream must not hold it. */
  add(message: ProposedMessage): void {
    const event = proposedEvent(message);
    const data = message.getData_asU8().length;
    this.#data += data;
    this.#total += data + event.metadata.length + event.type.length + EVENT_OVERHEAD;
    if (this.#data > this.bounds.data || this.#total > this.bounds.total) throw appendTooLarge(this.bounds.data);
    if (!this.rule.takesEvent(this.stream, event)) throw notOfMuster(this.stream);
    this.events.push(event);
  }
}
