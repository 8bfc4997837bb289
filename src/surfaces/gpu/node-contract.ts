import { z } from 'zod';
import { hostname } from '#domain/enrolment/index.js';
import { page } from '#src/surfaces/kit/index.js';

/** `Registered`: only its name is known; `Online`: it reports; `Offline`: it was silent for the node timeout. */
export const PHASES = ['Registered', 'Online', 'Offline'] as const;
const phase = z
  .enum(PHASES)
  .meta({ description: '`Registered`: it has said its name and has not joined yet; `Online`: it is heard; `Offline`: it was silent for too long' });

const ID = 'a1b2c3d4-e5f6-7890-1234-567890abcdef';
const id = z.string().meta({ description: 'Id of the node', examples: [ID] });
const unixTime = z.number().meta({ description: 'Unix time in seconds', examples: [1763625600.25] });

export const enrolBody = z
  .strictObject({ hostname })
  .meta({ id: 'NodeRegistration', description: 'A machine that says its name', examples: [{ hostname: 'gpu-node-01' }] });

export const enrolled = z.object({ id }).meta({ id: 'NodeRegistered', description: 'The id of its node: the same for the same name', examples: [{ id: ID }] });

export const nodeView = z
  .object({
    id,
    hostname: z
      .string()
      .nullable()
      .meta({ description: 'As the machine said it; null where it never did', examples: ['gpu-node-01'] }),
    phase,
    endpoint: z
      .string()
      .nullable()
      .meta({ description: 'Where its agent is reached; null where it has not joined, or named none', examples: ['http://10.0.0.5:9000'] }),
    resources: z.record(z.string(), z.number()).meta({
      description: 'What it offers, as registered: cpu (1000 a core), memory and disk in MiB, gpus',
      examples: [{ cpu: 16000, memory: 131072, gpus: 4 }],
    }),
    gpus: z
      .object({
        total: z.number().int(),
        used: z.number().int().meta({ description: 'Assigned to a claim or job' }),
        devices: z
          .array(
            z.object({
              index: z.number().int(),
              uuid: z.string(),
              health: z.string().meta({ description: '`ok`, or why it is not assigned: `missing`, `divided`' }),
            }),
          )
          .optional()
          .meta({ description: 'Ours. Each card that its agent has seen, under the number by which claims have it; absent of an agent that only counts' }),
      })
      .meta({ description: 'Its GPUs', examples: [{ total: 4, used: 1 }] }),
    attributes: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .meta({ description: 'What else it says of itself', examples: [{ 'gpu.model': 'NVIDIA H200' }] }),
    schedulable: z.boolean().meta({ description: 'New claims may come: it is online and well, does not drain, and was not closed to them' }),
    last_heartbeat: unixTime.nullable().meta({ description: 'Null where it has not joined' }),
    created_at: unixTime,
  })
  .meta({ id: 'GpuNode', description: 'A node' });

export const nodeList = z.object({ nodes: z.array(nodeView), count: z.number().int() }).meta({
  id: 'GpuNodeList',
  description:
    'Nodes: first those that said their name, then those that joined without, each in the order in which they came; `count` is what this answer holds',
});

export const nodeQuery = z.strictObject({
  phase: phase.optional().meta({ title: 'NodePhaseFilter' }),
  hostname: z.string().max(253).optional().meta({ description: 'Only the node with this name; case does not matter' }),
  ...page,
});

export const nodeParams = z.object({
  id: z
    .string()
    .max(256)
    .meta({ description: 'Id of the node', examples: [ID] }),
});
