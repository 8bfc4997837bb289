import { z } from 'zod';
import type { EventMetadata } from '#domain/event/index.js';
import type { RecordedEvent } from '#domain/ports/event-store.js';

const time = z.iso.datetime();

/** An event as the audit surface shows it. */
export const auditEvent = z
  .object({
    position: z.string().meta({ description: 'Place in the whole log, decimal; a string because it can exceed 2^53', examples: ['42'] }),
    stream: z.string().meta({ examples: ['job-hello'] }),
    revision: z.number().int().meta({ description: 'Place in its stream, from 0' }),
    id: z.string(),
    type: z.string().meta({ examples: ['JobSubmitted'] }),
    at: time.meta({ description: 'When it was decided', examples: ['2026-11-20T08:00:00.000Z'] }),
    created: time.meta({ description: 'When the store wrote it', examples: ['2026-11-20T08:00:00.003Z'] }),
    data: z.record(z.string(), z.json()).meta({ description: 'What happened; the fields depend on the type' }),
    metadata: z.record(z.string(), z.json()).meta({ description: 'Correlation, causation, actor, surface, time and version' }),
  })
  .meta({ id: 'AuditEvent', description: 'An event, as it was written' });

/** The JSON text of an event. Data and metadata are passed on as they are stored. */
export function viewEvent(event: RecordedEvent): string {
  const { at } = JSON.parse(event.metadata) as EventMetadata;
  const head = JSON.stringify({
    position: event.position.toString(),
    stream: event.stream,
    revision: event.revision,
    id: event.id,
    type: event.type,
    at: new Date(at).toISOString(),
    created: new Date(event.created).toISOString(),
  });
  return `${head.slice(0, -1)},"data":${event.data},"metadata":${event.metadata}}`;
}
