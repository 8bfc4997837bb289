import { z } from 'zod';
import { COPY_OUTCOMES } from '#domain/volumes/index.js';
import { inputBytes } from '#domain/protocol/index.js';
import { moment } from '#src/http/index.js';

const EXAMPLE_SERVICE = '770e8400-e29b-41d4-a716-446655440000';
const id = z.string().meta({
  description: 'Id of the volume, unique in the cluster',
  examples: [`service.${EXAMPLE_SERVICE}.data`],
});

export const VOLUME_STATUSES = ['used', 'kept', 'deleting'] as const;

export const UNKNOWN_VOLUMES = ['not_recorded', 'not_placed', 'elsewhere', 'other_node_id'] as const;

const lastCopy = z
  .object({
    kind: z
      .enum(['backup', 'restore'])
      .meta({ title: 'VolumeCopyKind', description: 'What was copied to what' }),
    started_at: moment.meta({ description: 'When it began' }),
    outcome: z.enum(COPY_OUTCOMES).nullable().meta({
      title: 'VolumeCopyOutcome',
      description:
        '`complete`; `unchanged`: a restore failed before it replaced anything; `incomplete`: the volume has only a part of the new content; `unknown`: the server did not learn how it ended. Null if it has not ended, or its server ended before it did',
    }),
    bytes: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Size of the archive that was sent, or of the files that were restored' }),
    problem: z.string().nullable().meta({ description: 'Why it is not complete' }),
  })
  .meta({ id: 'VolumeCopy', description: 'A backup or restore of a volume' });

export const volumeView = z
  .object({
    id,
    name: z.string().meta({ description: 'Name within the service that created it', examples: ['data'] }),
    status: z.enum(VOLUME_STATUSES).meta({
      description:
        '`used`: in use by a service; `kept`: its service was deleted; `deleting`: not yet removed by its node',
    }),
    service_id: z.string().meta({
      description: 'Id of the service that uses the volume or used it last',
      examples: [EXAMPLE_SERVICE],
    }),
    service_name: z.string().meta({ description: 'Name of that service', examples: ['my-postgres-db'] }),
    node_id: z.string().meta({ description: 'Id of the node that stores the volume', examples: ['node-1'] }),
    created_by: z.string().meta({ description: 'Id of the account that created that service' }),
    created_at: moment.meta({ description: 'When the volume was placed on the node' }),
    waits_for: z
      .string()
      .nullable()
      .meta({ description: 'What the deletion is waiting for. Null if the volume is not being deleted' }),
    incomplete: z.boolean().meta({
      description:
        'Whether the volume has only a part of what was restored last. No service starts with it until the restore is repeated',
    }),
    last_copy: lastCopy
      .nullable()
      .meta({ description: 'The backup or restore that began last. Null if there was none' }),
  })
  .meta({ id: 'Volume', description: 'A directory of a service that outlives its containers' });

export const volumeList = z
  .object({
    volumes: z.array(volumeView),
    total: z.number().int().meta({ description: "Number of the tenant's volumes that match the filter" }),
  })
  .meta({ id: 'VolumeList', description: 'Volumes of the tenant in order of creation' });

export const unknownVolumeList = z
  .object({
    volumes: z.array(
      z
        .object({
          id: z.string().meta({
            description: 'Id that the volume had when it was created',
            examples: [`service.${EXAMPLE_SERVICE}.data`],
          }),
          node_id: z
            .string()
            .meta({ description: 'Id of the node that has the volume', examples: ['node-1'] }),
          made_by: z.string().meta({ description: 'Id of the node that created it', examples: ['node-1'] }),
          why: z.enum(UNKNOWN_VOLUMES).meta({
            title: 'UnknownVolumeReason',
            description:
              '`not_recorded`: the log has no such volume; `not_placed`: it is recorded, but on no node; `elsewhere`: it is recorded on another node; `other_node_id`: it was created for another node id, so this node does not mount it',
          }),
        })
        .meta({ id: 'UnknownVolume', description: 'A volume on a node that no service can use' }),
    ),
    unreachable: z
      .array(z.string())
      .meta({ description: 'Ids of the nodes that are up and did not list their volumes' }),
  })
  .meta({ id: 'UnknownVolumeList', description: 'Volumes on nodes that the log does not know' });

export const rebindBody = z.strictObject({
  node_id: z
    .string()
    .max(256)
    .meta({ description: 'Id of a registered node that has the data', examples: ['node-2'] }),
});

export const volumeParams = z.object({ id: id.max(256) });

export const restoreParams = volumeParams.extend({
  session: z.string().max(64).meta({ description: 'Id of the restore, from the first line of its output' }),
});

export const restoreInput = z
  .strictObject({
    number: z.number().int().min(0).meta({
      description: 'Zero-based number of this piece. A piece that is sent again is not written again',
    }),
    data: inputBytes.optional(),
    end: z.boolean().optional().meta({ description: 'Whether the archive ends after this piece' }),
  })
  .meta({
    id: 'VolumeRestoreInput',
    description: 'A piece of an archive',
    examples: [{ number: 0, data: 'aGVsbG8K' }],
  });

export const restoreAccepted = z
  .object({
    accepted: z
      .boolean()
      .meta({ description: 'False if the node is still writing earlier pieces: send the piece again' }),
  })
  .meta({ id: 'VolumeRestoreAccepted', description: 'Whether the piece was accepted' });
