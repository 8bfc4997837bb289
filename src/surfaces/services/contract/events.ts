import { z } from 'zod';
import { SERVICE_EVENT_KINDS } from '#projections/service-messages.js';
import { moment } from '#src/surfaces/kit/index.js';

export const eventsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'At most so many' }),
  before: z.coerce.number().int().min(1).optional().meta({ description: 'Only those with a smaller number' }),
});

export const serviceEventList = z
  .object({
    events: z.array(
      z
        .object({
          number: z.number().int().meta({ description: 'Of the service, from 1 up' }),
          at: moment,
          kind: z.enum(SERVICE_EVENT_KINDS),
          text: z.string().meta({ examples: ['Instance 1 of deployment 2 was placed on node node-7.'] }),
          by: z.string().nullable().meta({ description: 'Id of the account that asked; `muster` where nobody did; null: it is no command' }),
          deployment: z.number().int().nullable().meta({ description: 'The deployment that it is about; null: the service as a whole' }),
          allocation_id: z.string().nullable().meta({ description: 'The instance that it is about' }),
        })
        .meta({ id: 'ServiceEvent', description: 'One thing that happened' }),
    ),
    total: z.number().int().meta({ description: 'How many there ever were; the newest 200 are kept' }),
  })
  .meta({ id: 'ServiceEventList', description: 'What happened to a service, the newest first' });
