import {
  buildJobOf,
  diskUsageOf,
  environmentErrors,
  environmentDisk,
  environments,
  type GenerationKey,
  type StoredGeneration,
  type PresentEnvironment,
} from '#domain/environments/environment/index.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { CommandContext, CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { Quotas } from '#src/accounts/index.js';
import { madeId } from '#src/engine/commands/index.js';
import { generationsOf } from './environment-quota.js';

const SLACK = 100;

export interface DiskQuotaParts {
  readonly executor: Pick<CommandExecutor, 'load' | 'execute'>;
  readonly readModels: Pick<ReadModels, 'list'>;
  readonly quotas: Pick<Quotas, 'record'>;
}

/** A generation that has been built but is not yet recorded in the environment's stream. */
export interface MadeGeneration extends StoredGeneration {
  readonly keptFrom: number;
}

/** Disk quota of tenants (`MUSTER_CONDA_TENANT_GB`). It is decided in each tenant's stream, so concurrent builds cannot jointly exceed it. */
export class TenantDiskQuota {
  constructor(
    private readonly parts: DiskQuotaParts,
    private readonly most: number,
  ) {}

  async take({ tenantId }: Pick<PresentEnvironment, 'tenantId'>, made: MadeGeneration): Promise<boolean> {
    const there = await generationsOf(this.parts, tenantId);
    const known = await this.parts.executor.load(environmentDisk, tenantId);
    if (known.length <= there.length + SLACK && (await this.#taken(tenantId, made, there, []))) return true;
    const gone = await this.#gone([...known, ...there]);
    const left = there.filter(
      (each) => !gone.some((one) => one.environmentId === each.environmentId && one.build === each.build),
    );
    const fits = await this.#taken(tenantId, made, left, gone);
    if (!fits)
      await this.parts.quotas.record(
        tenantId,
        {
          quota: 'environment_bytes',
          of: 'tenant',
          holder: tenantId,
          limit: this.most,
          used: diskUsageOf(left),
        },
        contextOf(made),
      );
    return fits;
  }

  async #taken(
    tenantId: string,
    { keptFrom, ...holder }: MadeGeneration,
    there: readonly StoredGeneration[],
    gone: readonly GenerationKey[],
  ): Promise<boolean> {
    try {
      await this.parts.executor.execute(
        environmentDisk,
        tenantId,
        { kind: 'take', tenantId, holder, most: this.most, there, gone, keptFrom },
        contextOf(holder),
      );
      return true;
    } catch (error) {
      if (isMusterError(error, environmentErrors.MUSTER_E_ENVIRONMENT_NO_ROOM)) return false;
      throw error;
    }
  }

  /** Returns the keys that, according to the streams, are neither a generation nor a running build and can never become one again. */
  async #gone(of: readonly GenerationKey[]): Promise<GenerationKey[]> {
    const held = new Map<string, readonly number[]>();
    const gone: GenerationKey[] = [];
    for (const { environmentId, build } of of) {
      const has = held.get(environmentId) ?? (await this.#heldBy(environmentId));
      held.set(environmentId, has);
      if (!has.includes(build)) gone.push({ environmentId, build });
    }
    return gone;
  }

  async #heldBy(environmentId: string): Promise<readonly number[]> {
    const state = await this.parts.executor.load(environments, environmentId);
    return state.kind === 'present'
      ? [...state.generations.map(({ number }) => number), ...state.builds.map(({ build }) => build)]
      : [];
  }
}

function contextOf({ environmentId, build }: GenerationKey): CommandContext {
  const jobId = buildJobOf(environmentId, build);
  return {
    commandId: madeId(environmentId, jobId),
    repeatable: false,
    bodyDigest: '',
    correlationId: jobId,
    causationId: jobId,
    actor: 'saga:environment-builds',
    surface: 'conda',
  };
}
