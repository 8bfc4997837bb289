import { z } from 'zod';
import { categoryOf, type AnyEvent, type Recorded } from './event/index.js';

export const WITHHELD = '[withheld]';

/** Digits of the largest position, so that padded strings sort like numbers. */
const SEQUENCE_DIGITS = 20;

/**
 * An event as it is published: CloudEvents 1.0 in structured JSON mode. Additional attributes are extensions. {@link
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md}
 */
export const publishedEvent = z.object({
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  type: z.string(),
  subject: z.string(),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  sequence: z.string().regex(/^\d{20}$/),
  revision: z.number().int().nonnegative(),
  dataversion: z.number().int().positive(),
  correlationid: z.string(),
  causationid: z.string(),
  actor: z.string().optional(),
  /** Absent if it was too large for a message (`datawithheld`). */
  data: z.record(z.string(), z.unknown()).optional(),
  datawithheld: z.literal('too large').optional(),
});
export type PublishedEvent = z.infer<typeof publishedEvent>;

export function sourceOf(storeId: string): string {
  return `urn:muster:${storeId}`;
}

/** Returns the event in its published form, without secrets. `version` is the current schema version of its type. */
export function toPublish(event: Recorded<AnyEvent>, storeId: string, version: number): PublishedEvent {
  const { id, type, stream, revision, position, metadata } = event;
  return {
    specversion: '1.0',
    id,
    source: sourceOf(storeId),
    type: `muster.${categoryOf(stream)}.${type}`,
    subject: stream,
    time: new Date(metadata.at).toISOString(),
    datacontenttype: 'application/json',
    sequence: position.toString().padStart(SEQUENCE_DIGITS, '0'),
    revision,
    dataversion: version,
    correlationid: metadata.$correlationId,
    causationid: metadata.$causationId,
    ...(metadata.actor !== undefined && { actor: metadata.actor }),
    data: withhold(event.data) as Record<string, unknown>,
  };
}

const SECRET_NAME = /password|secret|token|hash|credential/i;
const SEALED = /^sealed:/;

/** Replaces sealed strings, values of environment variables and fields with secret names. */
export function withhold(value: unknown): unknown {
  if (typeof value === 'string') return SEALED.test(value) ? WITHHELD : value;
  if (Array.isArray(value)) return value.map(withhold);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, hides(name, inner) ? hide(inner) : withhold(inner)]),
  );
}

function hides(name: string, value: unknown): boolean {
  return typeof value === 'string'
    ? SECRET_NAME.test(name)
    : name === 'env' && typeof value === 'object' && value !== null;
}

function hide(value: unknown): unknown {
  if (typeof value === 'string') return WITHHELD;
  return Object.fromEntries(Object.keys(value as object).map((name) => [name, WITHHELD]));
}
