import type { NewEvent } from '#domain/kernel/ports/event-store.js';
import { proposedEvent, type ProposedMessage } from './proposed-event.js';
import type { AppendBounds } from './bounds.js';
import { appendTooLarge, notOfMuster } from './status.js';
import type { WriteRule } from './write-rule.js';

const EVENT_OVERHEAD = 64;

export class Proposal {
  readonly events: NewEvent[] = [];
  #data = 0;
  #total = 0;

  constructor(
    private readonly stream: string,
    private readonly bounds: AppendBounds,
    private readonly rule: Pick<WriteRule, 'takesEvent'>,
  ) {}

  get size(): number {
    return this.#total;
  }

  /** Throws if EventStoreDB would refuse the event, if the append becomes too large, or if the stream must not contain the event. */
  add(message: ProposedMessage): void {
    const event = proposedEvent(message);
    const data = message.getData_asU8().length;
    this.#data += data;
    this.#total += data + event.metadata.length + event.type.length + EVENT_OVERHEAD;
    if (this.#data > this.bounds.data || this.#total > this.bounds.total)
      throw appendTooLarge(this.bounds.data);
    if (!this.rule.takesEvent(this.stream, event)) throw notOfMuster(this.stream);
    this.events.push(event);
  }
}
