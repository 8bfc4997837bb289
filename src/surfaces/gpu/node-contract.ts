import { z } from 'zod';
import { hostname } from '#domain/nodes/enrolment/index.js';
import { page } from '#src/http/index.js';

export const PHASES = ['Registered', 'Online', 'Offline'] as const;
const phase = z.enum(PHASES).meta({
  description:
    '`Registered`: the node has a hostname but has not joined yet; `Online`: it sends heartbeats; `Offline`: it is down, usually because it sent no heartbeat for the node timeout',
});

const ID = 'a1b2c3d4-e5f6-7890-1234-567890abcdef';
const id = z.string().meta({ description: 'Id of the node', examples: [ID] });
const unixTime = z.number().meta({ description: 'Unix time in seconds', examples: [1763625600.25] });

export const enrolBody = z.strictObject({ hostname }).meta({
  id: 'NodeRegistration',
  description: 'A machine to register',
  examples: [{ hostname: 'gpu-node-01' }],
});

export const enrolled = z.object({ id }).meta({
  id: 'NodeRegistered',
  description: 'Id of the node, which is always the same for a hostname',
  examples: [{ id: ID }],
});

export const nodeView = z
  .object({
    id,
    hostname: z
      .string()
      .nullable()
      .meta({
        description: 'Hostname as registered; null if the node never registered one',
        examples: ['gpu-node-01'],
      }),
    phase,
    endpoint: z
      .string()
      .nullable()
      .meta({
        description: 'Address of the agent; null if the node has not joined or has no address',
        examples: ['http://10.0.0.5:9000'],
      }),
    resources: z.record(z.string(), z.number()).meta({
      description: 'Registered resources: cpu (1000 per core), memory and disk in MiB, gpus',
      examples: [{ cpu: 16000, memory: 131072, gpus: 4 }],
    }),
    gpus: z
      .object({
        total: z.number().int(),
        used: z.number().int().meta({ description: 'Number of GPUs that are assigned to claims or jobs' }),
        devices: z
          .array(
            z.object({
              index: z.number().int(),
              uuid: z.string(),
              health: z
                .string()
                .meta({ description: '`ok`, or why it cannot be assigned: `missing`, `divided`' }),
            }),
          )
          .optional()
          .meta({
            description:
              'Extension. All GPUs that the agent has detected, by index; absent if the agent only counts them',
          }),
      })
      .meta({ description: 'GPUs of the node', examples: [{ total: 4, used: 1 }] }),
    attributes: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .meta({ description: 'Attributes that the node reports', examples: [{ 'gpu.model': 'NVIDIA H200' }] }),
    schedulable: z.boolean().meta({
      description: 'Whether the node accepts claims: it is online, healthy, eligible and not draining',
    }),
    last_heartbeat: unixTime.nullable().meta({ description: 'Null if the node has not joined' }),
    created_at: unixTime,
  })
  .meta({ id: 'GpuNode', description: 'A node' });

export const nodeList = z.object({ nodes: z.array(nodeView), count: z.number().int() }).meta({
  id: 'GpuNodeList',
  description:
    'Nodes: registered ones first, then those that joined without registration, each in order of arrival; `count` is the number of nodes in this response',
});

export const nodeQuery = z.strictObject({
  phase: phase.optional().meta({ title: 'NodePhaseFilter' }),
  hostname: z
    .string()
    .max(253)
    .optional()
    .meta({ description: 'Only the node with this hostname, ignoring case' }),
  ...page,
});

export const nodeParams = z.object({
  id: z
    .string()
    .max(256)
    .meta({ description: 'Id of the node', examples: [ID] }),
});
