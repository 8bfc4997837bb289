import { z } from 'zod';
import {
  claimArguments,
  claimCommand,
  claimEnvironment,
  CLAIM_PHASES,
  CLAIM_REASONS,
  gpuCount,
} from '#domain/gpu/claim/index.js';
import { imageReference, shmSize } from '#domain/drivers/docker/index.js';
import { containerPorts } from '#domain/jobs/job/task-port.js';
import { ENDPOINT } from '#src/surfaces/endpoints.js';

const EXAMPLE_ID = 'claim-7c9e6679-7425-5e2b-9de2-f0f1a1b2c3d4';
const EXAMPLE_SPEC = { image: 'nvidia/cuda:11.8.0-base-ubuntu22.04', resources: { gpuCount: 1 } };
const EXAMPLE_STATUS = { phase: 'Pending' as const, nodeName: '', containerID: '', reason: '' as const };
const EXAMPLE_TIME = '2026-11-20T14:00:00.000Z';

const spec = z
  .strictObject({
    image: imageReference,
    resources: z
      .strictObject({
        gpuCount: gpuCount.meta({ description: 'Whole GPUs, all on one node', examples: [1] }),
      })
      .meta({ id: 'GpuClaimResources', description: 'Resources of the claim' }),
    command: claimCommand.optional(),
    shm_size: shmSize.optional(),
    args: claimArguments.optional(),
    ports: containerPorts
      .optional()
      .meta({ description: 'Extension. Container ports to publish, see `endpoints`', examples: [[8888]] }),
    env: claimEnvironment.optional(),
  })
  .meta({ id: 'GpuClaimSpec', description: 'A container and its number of GPUs', examples: [EXAMPLE_SPEC] });

export const claimBody = z
  .strictObject({ spec })
  .meta({ id: 'GpuClaimRequest', description: 'A claim of GPUs', examples: [{ spec: EXAMPLE_SPEC }] });

const status = z
  .object({
    phase: z.enum(CLAIM_PHASES),
    nodeName: z.string().meta({
      description:
        'Hostname of the current or last node, or its id if it has no hostname; empty before placement',
      examples: ['gpu-node-01'],
    }),
    containerID: z.string().meta({ description: 'Container id, if the node reports it', examples: [''] }),
    reason: z.enum(['', ...CLAIM_REASONS]).meta({
      description: 'Reason for the state: the first one in this list that applies; empty if there is none',
      examples: [''],
    }),
    endpoints: z
      .array(z.object(ENDPOINT).meta({ id: 'GpuClaimEndpoint', description: 'Address of a container port' }))
      .optional()
      .meta({
        description:
          'Extension. Addresses of the container ports while the container is running; absent for a claim without ports',
      }),
  })
  .meta({ id: 'GpuClaimStatus', description: 'State of the claim', examples: [EXAMPLE_STATUS] });

const time = z.iso.datetime().meta({ examples: [EXAMPLE_TIME] });
const id = z.string().meta({ description: 'Id of the claim', examples: [EXAMPLE_ID] });

export const claimView = z
  .object({
    id,
    user_id: z
      .number()
      .int()
      .meta({ description: 'Account number of the claimant', examples: [1] }),
    spec,
    status,
    created_at: time,
    updated_at: time,
  })
  .meta({
    id: 'GpuClaim',
    description: 'A claim of GPUs',
    examples: [
      {
        id: EXAMPLE_ID,
        user_id: 1,
        spec: EXAMPLE_SPEC,
        status: EXAMPLE_STATUS,
        created_at: EXAMPLE_TIME,
        updated_at: EXAMPLE_TIME,
      },
    ],
  });

export const claimList = z.object({ gpu_claims: z.array(claimView), count: z.number().int() }).meta({
  id: 'GpuClaimList',
  description: 'Claims in order of creation; `count` is the number of claims in this response',
});

export const claimEventView = z
  .object({
    id: z
      .string()
      .meta({ description: 'Id of the event', examples: ['0f2d8bbd-7c0e-5b4e-8a53-0d5a58c93b0e'] }),
    time,
    kind: z
      .enum([
        'claimed',
        'queued',
        'waiting',
        'placed',
        'started',
        'exited',
        'moving',
        'gone',
        'stopping',
        'released',
        'ended',
      ])
      .meta({ description: 'Kind of event', examples: ['placed'] }),
    message: z
      .string()
      .meta({ description: 'Description of the event', examples: ['Placed on gpu-node-01 with GPU 0.'] }),
  })
  .meta({ id: 'GpuClaimEvent', description: 'An event in the history of a claim' });

export const claimEventList = z
  .object({ events: z.array(claimEventView), count: z.number().int() })
  .meta({ id: 'GpuClaimEventList', description: 'History of a claim, oldest first' });

export const claimParams = z.object({
  id: z
    .string()
    .max(256)
    .meta({ description: 'Id of the claim', examples: [EXAMPLE_ID] }),
});
