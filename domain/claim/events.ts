import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';
import { sealedText } from '../sealing/sealed-text.js';
import { claimId } from './identifier.js';
import { imageReference } from '../drivers/docker/index.js';
import { containerPorts } from '../job/task-port.js';
import { claimArguments, claimCommand } from './program.js';

/** More than any machine has; with the memory of each it stays within a whole number. */
export const MAX_GPUS = 1_000_000_000;
export const gpuCount = z.number().int('must be a whole number').min(1, 'must be at least 1').max(MAX_GPUS);

const amount = z.number().int().nonnegative().max(1_000_000);
const ofClaim = { claimId, userId: z.string() };

/**
 * All claims of one account are in one stream, `gpuClaim-<user id>`: it is the only ledger of what of the account's quota is taken,
 * and each append to it is at an exact revision. What becomes of a claim's job is the job's, the plan log's and the nodes' to say.
 */
export const claimEvents = {
  /** Takes of the quota, and holds all that the claim's job is made of. `cpu` and `memory` (MiB) are for each GPU. */
  GpuClaimed: event(
    z.strictObject({
      ...ofClaim,
      /** 0: the operator, by a key of its own. */
      userNumber: z.number().int().nonnegative(),
      tenantId: z.string(),
      image: imageReference,
      /** What its container runs; absent: what its image says. */
      command: claimCommand.optional(),
      args: claimArguments.optional(),
      /** Of its container, to be reached from outside. */
      ports: containerPorts.optional(),
      /** Its environment, sealed for the account. */
      sealedEnv: sealedText.optional(),
      gpuCount,
      cpu: amount,
      memory: amount,
    }),
  ),
  /** Somebody who may said that it is wanted no more: gives back. Its job is stopped. */
  GpuReleased: event(z.strictObject(ofClaim)),
  /** Its job has ended by itself: gives back. */
  GpuClaimEnded: event(z.strictObject({ ...ofClaim, outcome: z.enum(['succeeded', 'failed']) })),
} as const;

export type ClaimEvent = EventsOf<typeof claimEvents>;
export type GpuClaim = Extract<ClaimEvent, { type: 'GpuClaimed' }>['data'];
