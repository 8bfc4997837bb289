import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { sealedText } from '../../kernel/sealing/sealed-text.js';
import { claimId } from './identifier.js';
import { imageReference, shmSize } from '../../drivers/docker/index.js';
import { containerPorts } from '../../jobs/job/task-port.js';
import { claimArguments, claimCommand } from './program.js';

export const MAX_GPUS = 1_000_000_000;
export const gpuCount = z.number().int('must be a whole number').min(1, 'must be at least 1').max(MAX_GPUS);

const amount = z.number().int().nonnegative().max(1_000_000);
const ofClaim = { claimId, userId: z.string() };

const claimed = z.strictObject({
  ...ofClaim,
  /** 0 for the operator's own key. */
  userNumber: z.number().int().nonnegative(),
  tenantId: z.string(),
  image: imageReference,
  command: claimCommand.optional(),
  args: claimArguments.optional(),
  ports: containerPorts.optional(),
  sealedEnv: sealedText.optional(),
  gpuCount,
  cpu: amount,
  memory: amount,
  shm_size: shmSize.optional(),
});

/**
 * The stream `gpuClaim-<user id>` holds all claims of one account. It is the only record of how much of the account's
 * quota is used, so each append expects an exact revision. The state of the claim's job is in the streams of the job,
 * the plan log and the nodes.
 */
export const claimEvents = {
  /** Counts against the quota, and contains everything from which the claim's job is derived. `cpu` and `memory` (MiB) are per GPU. */
  GpuClaimed: event(claimed),
  /** The owner, or an account with the right to do so, released the claim. The claim's job is stopped. */
  GpuReleased: event(z.strictObject(ofClaim), { ending: true }),
  GpuClaimEnded: event(z.strictObject({ ...ofClaim, outcome: z.enum(['succeeded', 'failed']) }), {
    ending: true,
    failure: 'by outcome',
  }),
} as const;

export type ClaimEvent = EventsOf<typeof claimEvents>;
export type GpuClaim = Extract<ClaimEvent, { type: 'GpuClaimed' }>['data'];
