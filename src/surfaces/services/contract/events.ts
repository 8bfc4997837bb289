import { z } from 'zod';
import { SERVICE_EVENT_KINDS } from '#projections/services/service-messages.js';
import { moment } from '#src/surfaces/kit/index.js';

export const eventsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'Maximum number of items' }),
  before: z.coerce.number().int().min(1).optional().meta({ description: 'Only items with a smaller number' }),
});

export const serviceEventList = z
  .object({
    events: z.array(
      z
        .object({
          number: z.number().int().meta({ description: 'Number within the service, from 1' }),
          at: moment,
          kind: z.enum(SERVICE_EVENT_KINDS),
          text: z.string().meta({ examples: ['Instance 1 of deployment 2 was placed on node node-7.'] }),
          by: z
            .string()
            .nullable()
            .meta({ description: 'Id of the requesting account, or `muster`; null if it was not a command' }),
          deployment: z
            .number()
            .int()
            .nullable()
            .meta({ description: 'The deployment concerned; null for the service as a whole' }),
          allocation_id: z.string().nullable().meta({ description: 'The instance concerned' }),
        })
        .meta({ id: 'ServiceEvent', description: 'An event of the service' }),
    ),
    total: z.number().int().meta({ description: 'Total number of events; the newest 200 are retained' }),
  })
  .meta({ id: 'ServiceEventList', description: 'Events of a service, newest first' });
