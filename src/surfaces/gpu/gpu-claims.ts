import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import { claimErrors, type ClaimEvent, claimIdOf, claims, gpusOf } from '#domain/gpu/claim/index.js';
import { shmProblem } from '#domain/drivers/docker/index.js';
import type { Recorded } from '#domain/kernel/event/index.js';
import type { Demand } from '#domain/accounts/quota/index.js';
import type { CommandContext, CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { Quotas, UserPrincipal } from '#src/accounts/index.js';
import { madeId } from '#src/engine/commands/index.js';
import type { GpuSettings } from './settings.js';

export interface GpuClaimsOptions {
  readonly executor: CommandExecutor;
  readonly quotas: Pick<Quotas, 'record'>;
  readonly settings: GpuSettings;
}

export interface WantedGpus {
  readonly image: string;
  readonly command?: string | undefined;
  readonly args?: readonly string[] | undefined;
  readonly ports?: readonly number[] | undefined;
  readonly sealedEnv?: string | undefined;
  readonly gpuCount: number;
  readonly shmSize?: number | undefined;
}

export type Claimed = Extract<Recorded<ClaimEvent>, { type: 'GpuClaimed' }>;
export type Released = Extract<Recorded<ClaimEvent>, { type: 'GpuReleased' }>;

/** Commands on claims. Each command is one append to the account's stream. A saga starts and stops the jobs. */
export class GpuClaims {
  constructor(private readonly options: GpuClaimsOptions) {}

  /** Throws `MUSTER_E_GPU_QUOTA` or `MUSTER_E_FORBIDDEN`. */
  async claim(
    { userId, number, tenantId, role }: UserPrincipal,
    { image, command, args, ports, sealedEnv, gpuCount, shmSize }: WantedGpus,
    context: CommandContext,
  ): Promise<Claimed> {
    const { executor, quotas, settings } = this.options;
    const { cpu, memory } = settings;
    const claimId = claimIdOf(madeId(context.commandId, 'gpu claim'));
    const program = { image, command, args: args && [...args], ports: ports && [...ports], sealedEnv };
    const problem = shmProblem(shmSize, memory * gpuCount);
    if (problem !== undefined) throw new MusterError('MUSTER_E_INVALID', { field: 'spec.shm_size', problem });
    const claim = {
      claimId,
      userId,
      userNumber: number,
      tenantId,
      ...program,
      gpuCount,
      cpu,
      memory,
      ...(shmSize !== undefined && { shm_size: shmSize }),
    };
    const limit = settings.quota[role];
    const { events } = await executor
      .execute(claims, userId, { kind: 'claim', claim, role, quota: limit }, context)
      .catch(async (error: unknown) => {
        if (limit !== undefined && isMusterError(error, claimErrors.MUSTER_E_GPU_QUOTA)) {
          const used = gpusOf(await executor.load(claims, userId));
          await quotas.record(
            tenantId,
            { quota: 'gpus', of: 'account', holder: userId, limit, used },
            context,
          );
        }
        throw error;
      });
    const claimed = events.find((event): event is Claimed => event.type === 'GpuClaimed');
    if (claimed === undefined) throw new MusterError(claimErrors.MUSTER_E_GPU_CLAIM_NOT_FOUND);
    return claimed;
  }

  demandOf(gpuCount: number): Demand {
    const { cpu, memory } = this.options.settings;
    return { cpu: cpu * gpuCount, memory: memory * gpuCount };
  }

  async release(
    { claimId, userId }: { readonly claimId: string; readonly userId: string },
    context: CommandContext,
  ): Promise<Released | undefined> {
    const { events } = await this.options.executor.execute(
      claims,
      userId,
      { kind: 'release', userId, claimId },
      context,
    );
    return events.find((event): event is Released => event.type === 'GpuReleased');
  }
}
