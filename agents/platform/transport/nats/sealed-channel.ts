import type { Msg } from 'nats';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { NatsLink } from './link.js';
import {
  errorAnswerOf,
  fieldsOf,
  headersOf,
  jsonOf,
  respond,
  respondError,
  type Fields,
  type Reply,
} from './message.js';
import {
  HeardMessages,
  isMessageId,
  KEY_HEADER,
  MESSAGE_ID_HEADER,
  newMessageId,
  seal,
  SEALED_HEADER,
  SEALED_VERSION,
  unseal,
  type ChannelKey,
} from '../sealed-message.js';
import { STATUS_HEADER } from '#domain/protocol/index.js';

export interface OpenedRequest {
  readonly subject: string;
  readonly fields: Fields;
  readonly data: Uint8Array;
  /** Sends a sealed reply. Does nothing if there is no reply subject or connection. */
  respond(status: number, body: unknown, fields?: Fields): void;
}

export interface SealedReply extends Reply {
  readonly data: Uint8Array;
}

export interface SealedRequest {
  readonly link: Pick<NatsLink, 'request'>;
  readonly key: ChannelKey;
  readonly subject: string;
  readonly fields: Fields;
  readonly body: object;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

const UNAUTHORIZED = 401;

/** Sends a sealed request and returns its reply. Ignores unsealed replies, except a report that the other end lacks the key. Throws on a timeout. */
export async function requestSealed({
  link,
  key,
  subject,
  fields,
  body,
  timeoutMs,
  signal,
}: SealedRequest): Promise<SealedReply> {
  const id = newMessageId();
  const data = seal(
    key,
    { direction: 'request', subject, id },
    { fields, body: body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body)) },
  );
  const headers = headersOf({
    [SEALED_HEADER]: SEALED_VERSION,
    [KEY_HEADER]: key.name,
    [MESSAGE_ID_HEADER]: id,
  });
  const answer = await link.request(subject, data, headers, timeoutMs, signal);
  const outer = fieldsOf(answer);
  if (outer[SEALED_HEADER] !== SEALED_VERSION) {
    if (Number(outer[STATUS_HEADER]) !== UNAUTHORIZED)
      throw new Error('the response is not sealed, so it does not come from the other end of this channel');
    return { status: UNAUTHORIZED, fields: {}, body: jsonOf(answer), data: new Uint8Array() };
  }
  const opened = unseal(key, { direction: 'reply', subject, id }, answer.data);
  if (opened === undefined)
    throw new Error('the response cannot be opened, so it does not come from the other end of this channel');
  return {
    status: Number(opened.fields[STATUS_HEADER] ?? 0),
    fields: opened.fields,
    body: jsonOf({ data: opened.body }),
    data: opened.body,
  };
}

/** Sends an unsealed request to an agent that does not seal messages. `bearer` authenticates the server. Throws on a timeout. */
export async function requestOpen(
  { link, subject, fields, body, timeoutMs, signal }: Omit<SealedRequest, 'key'>,
  bearer: string | undefined,
): Promise<SealedReply> {
  const headers = headersOf({
    ...fields,
    authorization: bearer === undefined ? undefined : `Bearer ${bearer}`,
  });
  const answer = await link.request(subject, JSON.stringify(body), headers, timeoutMs, signal);
  const answered = fieldsOf(answer);
  return {
    status: Number(answered[STATUS_HEADER] ?? 0),
    fields: answered,
    body: jsonOf(answer),
    data: answer.data,
  };
}

/** Finds a key by the key name in the message. Throws `MUSTER_E_UNAUTHORIZED` if the name is unknown. */
export type FindKey = (name: string) => ChannelKey;

export class RequestOpener {
  readonly #heard = new HeardMessages();

  /** `replyFields` are added to every sealed reply. */
  constructor(private readonly replyFields: () => Fields = () => ({})) {}

  /**
   * Opens a message and passes it to `work`, which replies. If a message cannot be opened, the refusal is not sealed; replies to other errors are
   * sealed. Duplicates are ignored. Returns an error only if it is a defect in Muster.
   */
  async receive(
    message: Msg,
    findKey: FindKey,
    work: (request: OpenedRequest) => Promise<void>,
  ): Promise<unknown> {
    let request: OpenedRequest | undefined;
    try {
      request = this.open(message, findKey(this.#keyNameOf(message)));
      if (request !== undefined) await work(request);
    } catch (error) {
      const { status, body, isDefect } = errorAnswerOf(error);
      if (request === undefined) respondError(message, error);
      else request.respond(status, body);
      return isDefect ? error : undefined;
    }
    return undefined;
  }

  #keyNameOf(message: Msg): string {
    const { [SEALED_HEADER]: version, [KEY_HEADER]: name, [MESSAGE_ID_HEADER]: id } = fieldsOf(message);
    if (version !== SEALED_VERSION || name === undefined || !isMessageId(id))
      throw refusal(
        'a message between servers and agents must be sealed with the secret of its node, or with the join token',
      );
    return name;
  }

  /** Returns undefined for a duplicate. Throws `MUSTER_E_UNAUTHORIZED` if the key does not open the message. */
  open(message: Msg, key: ChannelKey): OpenedRequest | undefined {
    const { subject } = message;
    const id = fieldsOf(message)[MESSAGE_ID_HEADER] ?? '';
    const opened = unseal(key, { direction: 'request', subject, id }, message.data);
    if (opened === undefined)
      throw refusal('the message was not sealed with the secret of its node, or was altered in transit');
    if (!this.#heard.isNew(id)) return undefined;
    const { replyFields } = this;
    return {
      subject,
      fields: opened.fields,
      data: opened.body,
      respond(status, body, fields = {}) {
        const plain = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
        const sealed = seal(
          key,
          { direction: 'reply', subject, id },
          { fields: { ...fields, ...replyFields(), [STATUS_HEADER]: String(status) }, body: plain },
        );
        respond(message, status, sealed, { [SEALED_HEADER]: SEALED_VERSION });
      },
    };
  }
}

function refusal(problem: string): MusterError {
  return new MusterError('MUSTER_E_UNAUTHORIZED', { problem });
}
