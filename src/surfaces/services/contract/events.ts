import { z } from 'zod';
import { SERVICE_EVENT_KINDS } from '#projections/services/service-messages.js';
import { moment, newestPage } from '#src/http/index.js';

export const eventsQuery = newestPage(200);

export const serviceEventList = z
  .object({
    events: z.array(
      z
        .object({
          number: z.number().int().meta({ description: '1-based number within the service' }),
          at: moment,
          kind: z.enum(SERVICE_EVENT_KINDS),
          text: z.string().meta({ examples: ['Instance 1 of deployment 2 was placed on node node-7.'] }),
          by: z.string().nullable().meta({
            description: 'Id of the requesting account, or `muster`. Null if no command caused the event',
          }),
          deployment: z.number().int().nullable().meta({
            description: 'Number of the deployment. Null if the event concerns the service as a whole',
          }),
          allocation_id: z
            .string()
            .nullable()
            .meta({ description: 'Allocation of the instance that the event concerns, if any' }),
        })
        .meta({ id: 'ServiceEvent', description: 'An event of the service' }),
    ),
    total: z.number().int().meta({ description: 'Total number of events. The latest 200 are retained' }),
  })
  .meta({ id: 'ServiceEventList', description: 'Events of a service, newest first' });
