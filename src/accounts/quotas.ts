import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import {
  HOLDER_KINDS,
  limitKey,
  limitOf,
  quotaErrors,
  quotas,
  refusalFields,
  SELF_REGISTERED,
  UNLIMITED,
  type AnyQuota,
  type ConfiguredQuota,
  type DefaultLimits,
  type Demand,
  type Holder,
  type HolderKind,
  type Limit,
  type QuotaExcess,
  type QuotaName,
} from '#domain/accounts/quota/index.js';
import { isSelfRegistered, OPERATOR, users } from '#domain/accounts/user/index.js';
import { once, type CommandContext, type CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import {
  LOG_USAGE,
  untilNextDay,
  usageDay,
  usageKey,
  type LogUsageDocument,
} from '#projections/accounts/log-usage.js';
import { RecentChecks } from './recent-checks.js';

export interface QuotasOptions {
  readonly executor: Pick<CommandExecutor, 'load' | 'execute'>;
  readonly readModels: Pick<ReadModels, 'list' | 'get'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly defaults: DefaultLimits;
}

export interface Member {
  readonly tenantId: string;
  readonly account: string;
}

export function holderOf(of: HolderKind, { tenantId, account }: Member): string {
  return of === 'tenant' ? tenantId : account;
}

/** Limits as configured, by an operator or by default. */
export type Rules = Readonly<Record<HolderKind, Limit>>;

type Limits = Readonly<Record<HolderKind, number | undefined>>;
const NO_LIMITS: Limits = { tenant: undefined, account: undefined };

interface Verdict {
  readonly excess: QuotaExcess | undefined;
}

/** Usage of a quota whose limit comes from a setting of its own. `limit` is undefined if it is unlimited. */
export interface ConfiguredUsage {
  readonly quota: ConfiguredQuota;
  readonly used: number;
  readonly limit: number | undefined;
}

/** Returns the usage of a holder, or undefined if the quota does not apply to holders of this kind. */
export type UsageSource = (holder: Holder) => Promise<ConfiguredUsage | undefined>;

/** Enforces quotas on requests. The scheduler enforces the quotas on node resources. */
export class Quotas {
  readonly #logVerdicts: RecentChecks<Verdict>;
  readonly #runLimits: RecentChecks<Limits>;
  readonly #groupVerdicts: RecentChecks<Verdict>;
  readonly #sources: UsageSource[] = [];

  constructor(private readonly options: QuotasOptions) {
    const { clock } = options;
    this.#logVerdicts = new RecentChecks(
      clock,
      async (key, former) => await this.#logVerdict(memberOf(key), former),
    );
    this.#groupVerdicts = new RecentChecks(clock, async () => await this.#groupVerdict());
    this.#runLimits = new RecentChecks(
      clock,
      async (key) => await this.limitsOf(memberOf(key), 'runs_per_minute'),
    );
  }

  async rulesOf({ tenantId, account }: Member, quota: QuotaName): Promise<Rules> {
    const { executor, defaults } = this.options;
    const { limits } = await executor.load(quotas, tenantId);
    return {
      tenant: limits.get(limitKey(undefined, quota)) ?? defaults[quota].tenant,
      account: limits.get(limitKey(account, quota)) ?? defaults[quota].account,
    };
  }

  /** Returns the limits of an absolute quota. Undefined means unlimited, which is the case for administrators. */
  async limitsOf(member: Member, quota: QuotaName): Promise<Limits> {
    if (await this.#isExempt(member.account)) return NO_LIMITS;
    const { tenant, account } = await this.rulesOf(member, quota);
    return { tenant: limitOf(tenant, 0), account: limitOf(account, 0) };
  }

  /** Throws `MUSTER_E_QUOTA_TOO_SMALL` if the demand exceeds an absolute quota. */
  async demand(member: Member, demand: Demand, context: CommandContext): Promise<void> {
    for (const [name, wanted] of Object.entries(demand)) {
      const quota = name as QuotaName;
      const limits = await this.limitsOf(member, quota);
      for (const of of HOLDER_KINDS) {
        const limit = limits[of];
        if (limit === undefined || wanted <= limit) continue;
        const excess = { quota, of, holder: holderOf(of, member), limit, used: 0 };
        await this.record(member.tenantId, excess, context);
        throw new MusterError(quotaErrors.MUSTER_E_QUOTA_TOO_SMALL, refusalFields(excess, wanted));
      }
    }
  }

  /** Returns the daily quota of log bytes that the account or its tenant has used up, or undefined if neither has. */
  async logExcess(member: Member): Promise<QuotaExcess | undefined> {
    return (await this.#logVerdicts.get(keyOf(member))).excess;
  }

  async logBytesOf({ of, id }: Holder): Promise<number> {
    if (id === SELF_REGISTERED) return await this.#logBytesOfSelfRegistered();
    const value = usageKey(id, this.options.clock.now());
    let bytes = 0;
    for await (const usage of this.#logUsage(of, value)) bytes += usage.bytes;
    return bytes;
  }

  /** Sums up what is active today, because registrations may be many and mostly unused. */
  async #logBytesOfSelfRegistered(): Promise<number> {
    const bytesOf = new Map<string, number>();
    const members = new Set<string>();
    for await (const usage of this.#logUsage('day', usageDay(this.options.clock.now()))) {
      const { userId, bytes, selfRegistered } = usage;
      bytesOf.set(userId, (bytesOf.get(userId) ?? 0) + bytes);
      if (selfRegistered === true) members.add(userId);
    }
    return [...members].reduce((sum, member) => sum + (bytesOf.get(member) ?? 0), 0);
  }

  async *#logUsage(index: string, value: string): AsyncGenerator<LogUsageDocument> {
    for await (const page of this.options.readModels.list(LOG_USAGE, { where: { index, value } }))
      for (const { json } of page) yield JSON.parse(json) as LogUsageDocument;
  }

  /** Throws `MUSTER_E_QUOTA_RATE` if the account or its tenant has used up its daily quota of log bytes. */
  async demandLogBytes(member: Member, context: () => CommandContext): Promise<void> {
    const refusal = await this.logBytesRefusal(member, context);
    if (refusal !== undefined) throw await refusal();
  }

  async logBytesRefusal(
    member: Member,
    context: () => CommandContext,
  ): Promise<(() => Promise<MusterError>) | undefined> {
    const excess = await this.logExcess(member);
    return (
      excess &&
      (async () =>
        await this.rateRefusal(member.tenantId, excess, untilNextDay(this.options.clock.now()), context()))
    );
  }

  async runLimitsOf(member: Member): Promise<Limits> {
    return await this.#runLimits.get(keyOf(member));
  }

  /** Adds a quota that another part enforces, so that its usage is shown with the others. */
  count(source: UsageSource): void {
    this.#sources.push(source);
  }

  /** Returns the usage of the quotas that settings of their own limit. */
  async configuredOf(holder: Holder): Promise<(ConfiguredUsage & { readonly rule: Limit })[]> {
    const found: (ConfiguredUsage & { readonly rule: Limit })[] = [];
    for (const source of this.#sources) {
      const usage = await source(holder);
      if (usage !== undefined)
        found.push({ ...usage, rule: usage.limit === undefined ? UNLIMITED : String(usage.limit) });
    }
    return found;
  }

  /** Records and returns the refusal of a request that would exceed a quota. */
  async refusal(tenantId: string, excess: QuotaExcess, context: CommandContext): Promise<MusterError> {
    await this.record(tenantId, excess, context);
    return new MusterError(quotaErrors.MUSTER_E_QUOTA, refusalFields(excess));
  }

  async rateRefusal(
    tenantId: string,
    excess: QuotaExcess,
    leftMs: number,
    context: CommandContext,
  ): Promise<MusterError> {
    await this.record(tenantId, excess, context);
    return new MusterError(quotaErrors.MUSTER_E_QUOTA_RATE, {
      ...refusalFields(excess),
      retryAfter: Math.max(1, Math.ceil(leftMs / 1000)),
    });
  }

  async set(
    tenantId: string,
    account: string | undefined,
    quota: QuotaName,
    limit: Limit | null,
    context: CommandContext,
  ): Promise<bigint | undefined> {
    const { position } = await this.options.executor.execute(
      quotas,
      tenantId,
      { kind: 'set', tenantId, account, quota, limit },
      context,
    );
    this.#logVerdicts.clear();
    this.#groupVerdicts.clear();
    this.#runLimits.clear();
    return position;
  }

  /** Records that a quota refused something, at most once a minute for each quota and holder. */
  async record(
    tenantId: string,
    { quota, of, holder, limit, used }: QuotaExcess<AnyQuota>,
    context: CommandContext,
  ): Promise<void> {
    const { executor, clock } = this.options;
    const account = of === 'account' ? holder : undefined;
    await executor.execute(
      quotas,
      tenantId,
      { kind: 'refused', tenantId, account, quota, limit, used, now: clock.now() },
      once(context),
    );
  }

  /** Uses the last known value while the read models are unavailable, so that commands do not fail. */
  async #logVerdict(member: Member, former: Verdict = { excess: undefined }): Promise<Verdict> {
    const limits = await this.limitsOf(member, 'log_bytes_per_day');
    try {
      for (const of of HOLDER_KINDS) {
        const verdict = await this.#logVerdictOf({ of, id: holderOf(of, member) }, limits[of]);
        if (verdict.excess !== undefined) return verdict;
      }
      if (!(await this.#isSelfRegistered(member.account))) return { excess: undefined };
      return await this.#groupVerdicts.get(SELF_REGISTERED);
    } catch (error) {
      if (isMusterError(error, 'MUSTER_E_READ_MODEL_UNAVAILABLE')) return former;
      throw error;
    }
  }

  async #groupVerdict(): Promise<Verdict> {
    const { tenant } = await this.rulesOf({ tenantId: SELF_REGISTERED, account: '' }, 'log_bytes_per_day');
    return await this.#logVerdictOf({ of: 'tenant', id: SELF_REGISTERED }, limitOf(tenant, 0));
  }

  async #logVerdictOf(holder: Holder, limit: number | undefined): Promise<Verdict> {
    const used = limit === undefined ? 0 : await this.logBytesOf(holder);
    if (limit === undefined || used < limit) return { excess: undefined };
    return { excess: { quota: 'log_bytes_per_day', of: holder.of, holder: holder.id, limit, used } };
  }

  async #isSelfRegistered(account: string): Promise<boolean> {
    const user = await this.options.executor.load(users, account);
    return user.kind === 'present' && isSelfRegistered(user);
  }

  async #isExempt(account: string): Promise<boolean> {
    if (account === OPERATOR.userId) return true;
    const user = await this.options.executor.load(users, account);
    return user.kind === 'present' && user.role === 'admin';
  }
}

function keyOf({ tenantId, account }: Member): string {
  return JSON.stringify([tenantId, account]);
}

function memberOf(key: string): Member {
  const [tenantId, account] = JSON.parse(key) as [string, string];
  return { tenantId, account };
}
