import { z } from 'zod';
import { moment } from '#src/surfaces/kit/index.js';

const EXAMPLE_SERVICE = '770e8400-e29b-41d4-a716-446655440000';
const id = z.string().meta({ description: 'Id of the volume, one in all of the fleet', examples: [`service.${EXAMPLE_SERVICE}.data`] });

export const VOLUME_STATUSES = ['used', 'kept', 'deleting'] as const;

export const volumeView = z
  .object({
    id,
    name: z.string().meta({ description: 'What the service that it was made for calls it', examples: ['data'] }),
    status: z.enum(VOLUME_STATUSES).meta({ description: '`used`: by a service; `kept`: its service is deleted; `deleting`: until its node has removed it' }),
    service_id: z.string().meta({ description: 'The service that has it or, where it is kept, had it last', examples: [EXAMPLE_SERVICE] }),
    service_name: z.string().meta({ description: 'What that service is called', examples: ['my-postgres-db'] }),
    node_id: z.string().meta({ description: 'The node that it is on', examples: ['node-1'] }),
    created_by: z.string().meta({ description: 'Id of the account that made that service' }),
    created_at: moment.meta({ description: 'When it was placed on its node' }),
    waits_for: z.string().nullable().meta({ description: 'What its deletion waits for, in words; null: it is not being deleted' }),
  })
  .meta({ id: 'Volume', description: 'A folder of a service that outlives its containers' });

export const volumeList = z
  .object({ volumes: z.array(volumeView), total: z.number().int().meta({ description: 'Volumes of the tenant that fit what was asked' }) })
  .meta({ id: 'VolumeList', description: 'Volumes of the tenant, in the order in which they were made' });

export const volumeParams = z.object({ id: id.max(256) });
