import { headers, type Msg, type MsgHdrs } from 'nats';
import type { z } from 'zod';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import {
  AGENT_PROTOCOL_HEADER,
  AGENT_PROTOCOL_VERSION,
  EPOCH_HEADER,
  STATUS_HEADER,
} from '#domain/protocol/index.js';

export const MESSAGE_LIMIT = 524_288;

/** Headers in lower case. If a header is duplicated, the first value is used. */
export type Fields = Readonly<Record<string, string | undefined>>;

export interface Reply {
  readonly status: number;
  readonly fields: Fields;
  readonly body: unknown;
}

export function headersOf(fields: Fields): MsgHdrs {
  const made = headers();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) made.set(name, value);
  return made;
}

/** Headers of every message to a server or agent. */
export function callFields(epoch: number | undefined): Fields {
  return {
    [AGENT_PROTOCOL_HEADER]: AGENT_PROTOCOL_VERSION,
    [EPOCH_HEADER]: epoch === undefined ? undefined : String(epoch),
  };
}

export function fieldsOf(message: Msg): Fields {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, [value]] of message.headers ?? [])
    if (value !== undefined) fields[name.toLowerCase()] ??= value;
  return fields;
}

export function jsonOf(message: Pick<Msg, 'data'>): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(message.data));
  } catch {
    return undefined;
  }
}

/** Validates a message. Throws the same errors that HTTP returns for the same body. */
export function parseMessage<Schema extends z.ZodType>(
  message: Pick<Msg, 'data'>,
  schema: Schema,
  limit = MESSAGE_LIMIT,
): z.infer<Schema> {
  if (message.data.length > limit) throw new MusterError('MUSTER_E_BODY_TOO_LARGE', { limit });
  const body = jsonOf(message);
  if (body === undefined) throw new MusterError('MUSTER_E_BODY_INVALID', { problem: 'is not JSON' });
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new MusterError('MUSTER_E_INVALID', {
    field: issue === undefined || issue.path.length === 0 ? 'body' : issue.path.join('.'),
    problem: issue?.message ?? 'is malformed',
  });
}

export function epochOf(fields: Fields): number | undefined {
  const text = fields[EPOCH_HEADER];
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new MusterError('MUSTER_E_INVALID', {
      field: EPOCH_HEADER,
      problem: 'must be a positive whole number',
    });
  return Number(text);
}

/** Replies to a request. Does nothing if there is no reply subject or connection. */
export function respond(message: Msg, status: number, body: unknown, fields: Fields = {}): void {
  if (message.reply === undefined || message.reply === '') return;
  const payload = body instanceof Uint8Array ? body : JSON.stringify(body);
  try {
    message.respond(payload, { headers: headersOf({ [STATUS_HEADER]: String(status), ...fields }) });
  } catch {
    // The connection has broken, and the requester retries.
  }
}

/** Returns the response that HTTP would return for the error, and whether the error is a defect in Muster. */
export function errorAnswerOf(error: unknown): {
  readonly status: number;
  readonly body: object;
  readonly isDefect: boolean;
} {
  const known = isMusterError(error);
  return {
    status: known ? error.status : 500,
    body: { error: known ? error.message : 'internal error' },
    isDefect: !known,
  };
}

/** Replies unsealed, because the request could not be opened. */
export function respondError(message: Msg, error: unknown): void {
  const { status, body } = errorAnswerOf(error);
  respond(message, status, body);
}
