import { z } from 'zod';
import { hostname } from '#domain/nodes/enrolment/index.js';
import { page } from '#src/surfaces/kit/index.js';

/** `Registered`: only its name is known; `Online`: it reports; `Offline`: it was silent for the node timeout. */
export const PHASES = ['Registered', 'Online', 'Offline'] as const;
const phase = z.enum(PHASES).meta({
  description:
    '`Registered`: it has a name but has not joined yet; `Online`: it reports; `Offline`: it was silent for too long',
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
  description: 'Id of the node, always the same for the same name',
  examples: [{ id: ID }],
});

export const nodeView = z
  .object({
    id,
    hostname: z
      .string()
      .nullable()
      .meta({ description: 'As registered; null if it never was', examples: ['gpu-node-01'] }),
    phase,
    endpoint: z
      .string()
      .nullable()
      .meta({
        description: 'Address of its agent; null if it has not joined or has none',
        examples: ['http://10.0.0.5:9000'],
      }),
    resources: z.record(z.string(), z.number()).meta({
      description: 'Registered resources: cpu (1000 per core), memory and disk in MiB, gpus',
      examples: [{ cpu: 16000, memory: 131072, gpus: 4 }],
    }),
    gpus: z
      .object({
        total: z.number().int(),
        used: z.number().int().meta({ description: 'Whether it is assigned to a claim or job' }),
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
              'Extension. All cards that the agent has seen, by number; absent if the agent only counts them',
          }),
      })
      .meta({ description: 'Its GPUs', examples: [{ total: 4, used: 1 }] }),
    attributes: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .meta({ description: 'Attributes that the node reports', examples: [{ 'gpu.model': 'NVIDIA H200' }] }),
    schedulable: z
      .boolean()
      .meta({ description: 'Whether it accepts claims: it is online, healthy, not draining and not closed' }),
    last_heartbeat: unixTime.nullable().meta({ description: 'Null if it has not joined' }),
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
    .meta({ description: 'Only the node with this name, ignoring case' }),
  ...page,
});

export const nodeParams = z.object({
  id: z
    .string()
    .max(256)
    .meta({ description: 'Id of the node', examples: [ID] }),
});
