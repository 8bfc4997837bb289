import { isMusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { quotaErrors, type QuotaExcess } from '#domain/accounts/quota/index.js';
import { taskExcess, tenantTasks, type TaskLimits } from '#domain/tasks/tenant-tasks/index.js';
import { once, type CommandContext, type CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { Quotas } from '#src/accounts/index.js';

export interface TaskQuotaOptions {
  readonly executor: CommandExecutor;
  readonly clock: Pick<Clock, 'now'>;
  readonly quotas: Quotas;
  readonly isThere: (taskId: number) => Promise<boolean>;
}

interface Maker {
  readonly tenantId: string;
  readonly userId: string;
}

/** How long a task that reserved its place may not exist before it is considered never created, in milliseconds. */
const MAKING_TIMEOUT_MS = 600_000;
/** Minimum interval between searches for orphaned places of a tenant at its limit, in milliseconds. */
const ORPHANS_INTERVAL_MS = 60_000;

export class TaskQuota {
  readonly #looked = new Map<string, number>();

  constructor(private readonly options: TaskQuotaOptions) {}

  /** Throws `MUSTER_E_QUOTA` if there is currently no quota left for one more task. */
  async check(maker: Maker, context: CommandContext): Promise<void> {
    const { executor } = this.options;
    const limits = await this.#limitsOf(maker);
    const places = await executor.load(tenantTasks, maker.tenantId);
    const excess = taskExcess(places, { tenantId: maker.tenantId, account: maker.userId, limits });
    if (excess === undefined || (await this.#orphans(maker.tenantId)).length > 0) return;
    throw await this.options.quotas.refusal(maker.tenantId, excess, context);
  }

  async take(maker: Maker, taskId: number, context: CommandContext): Promise<void> {
    const { executor } = this.options;
    const limits = await this.#limitsOf(maker);
    const take = async (strays: readonly number[]): Promise<void> => {
      const command = {
        kind: 'take',
        tenantId: maker.tenantId,
        taskId,
        account: maker.userId,
        limits,
        strays,
      } as const;
      await executor.execute(tenantTasks, maker.tenantId, command, once(context));
    };
    const excess = await refusedBy(take([]));
    if (excess === undefined) return;
    const strays = await this.#orphans(maker.tenantId, true);
    const left = strays.length === 0 ? excess : await refusedBy(take(strays));
    if (left !== undefined) throw await this.options.quotas.refusal(maker.tenantId, left, context);
  }

  async give(tenantId: string, taskId: number, context: CommandContext): Promise<void> {
    await this.options.executor.execute(
      tenantTasks,
      tenantId,
      { kind: 'give', tenantId, taskId },
      once(context),
    );
  }

  async #limitsOf({ tenantId, userId }: Maker): Promise<TaskLimits> {
    return await this.options.quotas.limitsOf({ tenantId, account: userId }, 'tasks');
  }

  /** Returns the tasks that are counted but do not exist, because their creation was interrupted. `again`: search regardless of the interval. */
  async #orphans(tenantId: string, again = false): Promise<readonly number[]> {
    const { executor, clock, isThere } = this.options;
    const now = clock.now();
    const looked = this.#looked.get(tenantId) ?? Number.NEGATIVE_INFINITY;
    if (!again && now - looked < ORPHANS_INTERVAL_MS) return [];
    this.#looked.set(tenantId, now);
    const strays: number[] = [];
    for (const [taskId, { since }] of await executor.load(tenantTasks, tenantId))
      if (now - since >= MAKING_TIMEOUT_MS && !(await isThere(taskId))) strays.push(taskId);
    return strays;
  }
}

async function refusedBy(command: Promise<void>): Promise<QuotaExcess | undefined> {
  try {
    await command;
    return undefined;
  } catch (error) {
    if (!isMusterError(error, quotaErrors.MUSTER_E_QUOTA)) throw error;
    const { quota, of, holder, limit, used } = error.fields as unknown as QuotaExcess;
    return { quota, of, holder, limit, used };
  }
}
