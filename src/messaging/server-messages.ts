import { LRUCache } from 'lru-cache';
import type { Msg } from 'nats';
import type { Logger } from 'pino';
import type { NatsLink, NatsSubscription } from '#agents/platform/transport/nats/link.js';
import { fieldsOf, headersOf } from '#agents/platform/transport/nats/message.js';
import {
  isMessageId,
  MESSAGE_ID_HEADER,
  newMessageId,
  seal,
  SEALED_HEADER,
  SEALED_VERSION,
  unseal,
} from '#agents/platform/transport/sealed-message.js';
import type { Clock } from '#domain/kernel/ports/clock.js';

export interface ServerMessagesOptions {
  readonly link: Pick<NatsLink, 'publish' | 'subscribe'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Key that only servers of this log have. */
  readonly key: Uint8Array;
  /** Name of this server. A process never uses the name of an earlier one. */
  readonly server: string;
}

/** A message is refused after this time, in milliseconds. Clocks of servers may differ by as much. */
const MAX_AGE_MS = 60_000;
const REPORT_INTERVAL_MS = 60_000;
const MAX_SENDERS = 1_000;

/**
 * Sends and receives messages between the servers of a log over NATS. They are sealed with a key of the log: other clients of NATS cannot read,
 * forge or alter them. A message is accepted once, and only if it is newer than the last one of its sender.
 */
export class ServerMessages {
  readonly #newest = new LRUCache<string, number>({ max: MAX_SENDERS });
  #sequence = 0;
  #reported: number | undefined;

  constructor(private readonly options: ServerMessagesOptions) {}

  publish(subject: string, body: object): boolean {
    const { link, clock, key, server } = this.options;
    const id = newMessageId();
    this.#sequence += 1;
    const fields = { server, sequence: String(this.#sequence), sent: String(clock.now()) };
    const unsealed = { fields, body: Buffer.from(JSON.stringify(body)) };
    return link.publish(subject, seal({ name: '', key }, { direction: 'request', subject, id }, unsealed), {
      headers: headersOf({ [SEALED_HEADER]: SEALED_VERSION, [MESSAGE_ID_HEADER]: id }),
    });
  }

  /** Passes on the messages of other servers. `receive` must not throw. */
  subscribe(subject: string, receive: (message: Pick<Msg, 'data'>) => void): NatsSubscription {
    return this.options.link.subscribe(subject, undefined, (message) => {
      const data = this.#open(subject, message);
      if (data !== undefined) receive({ data });
    });
  }

  #open(subject: string, message: Msg): Uint8Array | undefined {
    const { clock, key, server } = this.options;
    const { [SEALED_HEADER]: version, [MESSAGE_ID_HEADER]: id } = fieldsOf(message);
    if (version !== SEALED_VERSION || !isMessageId(id))
      return this.#refuse(subject, 'it is not sealed, so it may be forged');
    const opened = unseal({ name: '', key }, { direction: 'request', subject, id }, message.data);
    if (opened === undefined)
      return this.#refuse(
        subject,
        'it was not sealed with the key of this log: MUSTER_DATA_KEY differs, or it is forged',
      );
    const { server: sender = '', sequence, sent } = opened.fields;
    if (sender === server) return undefined;
    if (!(Math.abs(clock.now() - Number(sent)) < MAX_AGE_MS))
      return this.#refuse(
        subject,
        'it is more than a minute old: the clocks of the servers differ, or it was recorded',
      );
    if (Number(sequence) <= (this.#newest.get(sender) ?? 0)) return undefined;
    this.#newest.set(sender, Number(sequence));
    return opened.body;
  }

  /** Logs a refusal at most once a minute, because any client that may publish could cause it. */
  #refuse(subject: string, problem: string): undefined {
    const { clock, logger } = this.options;
    const now = clock.monotonic();
    if (this.#reported !== undefined && now - this.#reported < REPORT_INTERVAL_MS) return;
    this.#reported = now;
    logger.warn({ code: 'nats.server-message-refused', subject, problem });
  }
}
