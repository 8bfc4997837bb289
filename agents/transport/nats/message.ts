import { headers, type Msg, type MsgHdrs } from 'nats';
import type { z } from 'zod';
import { isMusterError, MusterError } from '#domain/errors/index.js';
import { AGENT_PROTOCOL_HEADER, AGENT_PROTOCOL_VERSION, EPOCH_HEADER, STATUS_HEADER } from '#domain/protocol/index.js';

/** As the bound on a body over HTTP. */
export const MESSAGE_LIMIT = 524_288;

/** Headers as plain fields, in lower case; of a field that came twice the first. */
export type Fields = Readonly<Record<string, string | undefined>>;

export interface Reply {
  readonly status: number;
  readonly fields: Fields;
  readonly body: unknown;
}

/** Makes message headers of fields. */
export function headersOf(fields: Fields): MsgHdrs {
  const made = headers();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) made.set(name, value);
  return made;
}

/** Fields that every message of ours to a server or agent carries. */
export function callFields(epoch: number | undefined): Fields {
  return { [AGENT_PROTOCOL_HEADER]: AGENT_PROTOCOL_VERSION, [EPOCH_HEADER]: epoch === undefined ? undefined : String(epoch) };
}

/** The fields of a message, whatever the case of their names: other languages' clients write them in canonical form. */
export function fieldsOf(message: Msg): Fields {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, [value]] of message.headers ?? []) if (value !== undefined) fields[name.toLowerCase()] ??= value;
  return fields;
}

/** The JSON of a message, `undefined` where it is none. */
export function jsonOf(message: Pick<Msg, 'data'>): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(message.data));
  } catch {
    return undefined;
  }
}

/** What a message must be; throws what HTTP would answer to the same body. */
export function parseMessage<Schema extends z.ZodType>(message: Pick<Msg, 'data'>, schema: Schema, limit = MESSAGE_LIMIT): z.infer<Schema> {
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

/** The epoch that the sender means, if it said one. */
export function epochOf(fields: Fields): number | undefined {
  const text = fields[EPOCH_HEADER];
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new MusterError('MUSTER_E_INVALID', { field: EPOCH_HEADER, problem: 'must be a positive whole number' });
  return Number(text);
}

/** Answers a request; nothing where nobody asked for an answer, or the connection is gone. */
export function respond(message: Msg, status: number, body: unknown, fields: Fields = {}): void {
  if (message.reply === undefined || message.reply === '') return;
  const payload = body instanceof Uint8Array ? body : JSON.stringify(body);
  try {
    message.respond(payload, { headers: headersOf({ [STATUS_HEADER]: String(status), ...fields }) });
  } catch {
    // The connection went meanwhile: who asked asks again.
  }
}

/** What HTTP would answer to the same error, and whether it was a defect of ours. */
export function errorAnswerOf(error: unknown): { readonly status: number; readonly body: object; readonly isDefect: boolean } {
  const known = isMusterError(error);
  return { status: known ? error.status : 500, body: { error: known ? error.message : 'internal error' }, isDefect: !known };
}

/** Answers an error in the open, where the request could not be opened. */
export function respondError(message: Msg, error: unknown): void {
  const { status, body } = errorAnswerOf(error);
  respond(message, status, body);
}
