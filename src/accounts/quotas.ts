import { MusterError } from '#domain/errors/index.js';
import type { Clock } from '#domain/ports/clock.js';
import {
  limitKey,
  limitOf,
  quotaErrors,
  quotas,
  type DefaultLimits,
  type HolderKind,
  type Limit,
  type QuotaExcess,
  type QuotaName,
} from '#domain/quota/index.js';
import { OPERATOR, users } from '#domain/user/index.js';
import { once, type CommandContext, type CommandExecutor } from '#src/engine/commands/index.js';

export interface QuotasOptions {
  readonly executor: CommandExecutor;
  readonly clock: Pick<Clock, 'now'>;
  /** Limits of tenants and accounts that have none of their own. */
  readonly defaults: DefaultLimits;
}

/** An account of a tenant. */
export interface Member {
  readonly tenantId: string;
  readonly account: string;
}

/** Limits as they were set, or as the settings have them. */
export type Rules = Readonly<Record<HolderKind, Limit>>;

/** What tenants and accounts may have of what is counted when it is asked for. What nodes give, the scheduler counts. */
export class Quotas {
  constructor(private readonly options: QuotasOptions) {}

  /** The rules of a quota for an account and its tenant. */
  async rulesOf({ tenantId, account }: Member, quota: QuotaName): Promise<Rules> {
    const { executor, defaults } = this.options;
    const { limits } = await executor.load(quotas, tenantId);
    return {
      tenant: limits.get(limitKey(undefined, quota)) ?? defaults[quota].tenant,
      account: limits.get(limitKey(account, quota)) ?? defaults[quota].account,
    };
  }

  /** How much they may have of a quota that is no share of the cluster; undefined: as much as they like, as the operator and administrators may. */
  async limitsOf(member: Member, quota: QuotaName): Promise<Readonly<Record<HolderKind, number | undefined>>> {
    if (await this.#isExempt(member.account)) return { tenant: undefined, account: undefined };
    const { tenant, account } = await this.rulesOf(member, quota);
    return { tenant: limitOf(tenant, 0), account: limitOf(account, 0) };
  }

  /** The refusal of a request that would pass a quota; that it was refused is recorded. */
  async refusal(tenantId: string, excess: QuotaExcess, context: CommandContext): Promise<MusterError> {
    const { executor, clock } = this.options;
    const { quota, of, holder, limit, used } = excess;
    const account = of === 'account' ? holder : undefined;
    await executor.execute(quotas, tenantId, { kind: 'refused', tenantId, account, quota, limit, used, now: clock.now() }, once(context));
    return new MusterError(quotaErrors.MUSTER_E_QUOTA, { ...excess });
  }

  /** Sets a limit; null: the one of the settings again. Errors: `MUSTER_E_INVALID`. */
  async set(tenantId: string, account: string | undefined, quota: QuotaName, limit: Limit | null, context: CommandContext): Promise<bigint | undefined> {
    const { position } = await this.options.executor.execute(quotas, tenantId, { kind: 'set', tenantId, account, quota, limit }, context);
    return position;
  }

  async #isExempt(account: string): Promise<boolean> {
    if (account === OPERATOR.userId) return true;
    const user = await this.options.executor.load(users, account);
    return user.kind === 'present' && user.role === 'admin';
  }
}
