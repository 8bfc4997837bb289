import { z } from 'zod';
import { categoryOf } from '../event/stream-name.js';
import type { RecordedMusterEvent } from './registry.js';

/** Stands in published events where the log holds a secret, or something personal. */
export const WITHHELD = '[withheld]';

/** Digits of the largest position: texts of equal length compare as the numbers do. */
const SEQUENCE_DIGITS = 20;

/**
 * An event as it is published: CloudEvents 1.0, JSON, structured mode. Attributes beyond the standard's own are extensions of it.
 * {@link https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md}
 */
export const publishedEvent = z.object({
  specversion: z.literal('1.0'),
  /** The event's own: the same each time that it is published. */
  id: z.string(),
  /** `urn:muster:` and the id of the log. */
  source: z.string(),
  /** `muster.<category>.<type>` */
  type: z.string(),
  /** The stream that it is in. */
  subject: z.string(),
  /** When it was decided. */
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  /** Place in the whole log: decimal, padded, so that texts compare as positions do. */
  sequence: z.string().regex(/^\d{20}$/),
  /** Place in its stream, from 0. */
  revision: z.number().int().nonnegative(),
  /** Version of the data's schema. */
  dataversion: z.number().int().positive(),
  correlationid: z.string(),
  causationid: z.string(),
  /** Who asked: `user:<id>`, `node:<id>`, `saga:<name>`; absent where nobody is named. */
  actor: z.string().optional(),
  /** What happened; absent where it was too large for a message (`datawithheld` says so). */
  data: z.record(z.string(), z.unknown()).optional(),
  datawithheld: z.literal('too large').optional(),
});
export type PublishedEvent = z.infer<typeof publishedEvent>;

/** What the events of one log name as their source. */
export function sourceOf(storeId: string): string {
  return `urn:muster:${storeId}`;
}

/** The event as others may see it; `version` is that of its type's current schema. */
export function toPublish(event: RecordedMusterEvent, storeId: string, version: number): PublishedEvent {
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

/** Names under which a text is a secret, whatever it looks like. */
const SECRET_NAME = /password|secret|token|hash|credential/i;
const SEALED = /^sealed:/;

/** Data without what is sealed or secret: sealed texts, values of environment variables, and what is named as a secret. */
export function withhold(value: unknown): unknown {
  if (typeof value === 'string') return SEALED.test(value) ? WITHHELD : value;
  if (Array.isArray(value)) return value.map(withhold);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, hides(name, inner) ? hide(inner) : withhold(inner)]));
}

function hides(name: string, value: unknown): boolean {
  return typeof value === 'string' ? SECRET_NAME.test(name) : name === 'env' && typeof value === 'object' && value !== null;
}

function hide(value: unknown): unknown {
  if (typeof value === 'string') return WITHHELD;
  return Object.fromEntries(Object.keys(value as object).map((name) => [name, WITHHELD]));
}
