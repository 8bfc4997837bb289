import { z } from 'zod';
import { eventMetadata, type EventMetadata, type EventTable } from '#domain/kernel/event/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';

const time = z.iso.datetime();

const written = {
  position: z.string().meta({
    description: 'Position in the whole log. A decimal string, because it can exceed 2^53',
    examples: ['42'],
  }),
  stream: z.string().meta({ description: 'Stream of the event', examples: ['job-hello'] }),
  revision: z.number().int().meta({ description: 'Zero-based position in the stream' }),
  id: z.string().meta({ description: 'Event id' }),
  at: time.meta({ description: 'Time of the decision', examples: ['2026-11-20T08:00:00.000Z'] }),
  created: time.meta({
    description: 'Time at which the event store recorded the event',
    examples: ['2026-11-20T08:00:00.003Z'],
  }),
  metadata: eventMetadata.meta({
    id: 'EventMetadata',
    description: 'Correlation, causation, actor, surface, time and version',
  }),
};

/** Describes events in the OpenAPI document. Returns a reference to the description. */
export function describeEvents(events: EventTable): { readonly $ref: string } {
  const members = Object.entries(events).map(([type, { schema }]) =>
    z
      .object({ ...written, type: z.literal(type), data: schema.meta({ description: `Data of ${type}` }) })
      .meta({ id: `${type}Event`, description: `A recorded ${type} event` }),
  );
  const auditEvent = z
    .union(members)
    .meta({ id: 'AuditEvent', description: 'A recorded event', 'x-union': 'kept' });
  return { $ref: `#/components/schemas/${auditEvent.meta()?.id}` };
}

/** Serializes the event to JSON. Data and metadata are passed on as stored. */
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
