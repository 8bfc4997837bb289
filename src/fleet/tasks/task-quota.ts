import { isMusterError } from '#domain/errors/index.js';
import type { Clock } from '#domain/ports/clock.js';
import { quotaErrors, type QuotaExcess } from '#domain/quota/index.js';
import { taskExcess, taskPlaces, type TaskLimits } from '#domain/task-place/index.js';
import type { Quotas } from '#src/accounts/index.js';
import { once, type CommandContext, type CommandExecutor } from '#src/engine/commands/index.js';

export interface TaskQuotaOptions {
  readonly executor: CommandExecutor;
  readonly clock: Pick<Clock, 'now'>;
  readonly quotas: Quotas;
  /** Whether there is a task of that number. */
  readonly isThere: (taskId: number) => Promise<boolean>;
}

/** Who makes a task, and for whom. */
interface Maker {
  readonly tenantId: string;
  readonly userId: string;
}

/** A task that took its place so long ago, in milliseconds, and is not there, is none. */
const MAKING_TIMEOUT_MS = 600_000;
/** Whether the tasks of a full tenant are all there is looked at no more often, in milliseconds. */
const STRAYS_INTERVAL_MS = 60_000;

/** Holds the number of tasks of tenants and accounts to their quotas. */
export class TaskQuota {
  /** When the tenant's tasks were last looked at. */
  readonly #looked = new Map<string, number>();

  constructor(private readonly options: TaskQuotaOptions) {}

  /** Refuses one more task where the quota is used up now. Errors: `MUSTER_E_QUOTA`. */
  async check(maker: Maker, context: CommandContext): Promise<void> {
    const { executor } = this.options;
    const limits = await this.#limitsOf(maker);
    const places = await executor.load(taskPlaces, maker.tenantId);
    const excess = taskExcess(places, { tenantId: maker.tenantId, account: maker.userId, limits });
    if (excess === undefined || (await this.#strays(maker.tenantId)).length > 0) return;
    throw await this.options.quotas.refusal(maker.tenantId, excess, context);
  }

  /** Counts the task. Errors: `MUSTER_E_QUOTA`. */
  async take(maker: Maker, taskId: number, context: CommandContext): Promise<void> {
    const { executor } = this.options;
    const limits = await this.#limitsOf(maker);
    const take = async (strays: readonly number[]): Promise<void> => {
      const command = { kind: 'take', tenantId: maker.tenantId, taskId, account: maker.userId, limits, strays } as const;
      await executor.execute(taskPlaces, maker.tenantId, command, once(context));
    };
    const excess = await refusedBy(take([]));
    if (excess === undefined) return;
    const strays = await this.#strays(maker.tenantId, true);
    const left = strays.length === 0 ? excess : await refusedBy(take(strays));
    if (left !== undefined) throw await this.options.quotas.refusal(maker.tenantId, left, context);
  }

  /** The task counts no more. */
  async give(tenantId: string, taskId: number, context: CommandContext): Promise<void> {
    await this.options.executor.execute(taskPlaces, tenantId, { kind: 'give', tenantId, taskId }, once(context));
  }

  async #limitsOf({ tenantId, userId }: Maker): Promise<TaskLimits> {
    return await this.options.quotas.limitsOf({ tenantId, account: userId }, 'tasks');
  }

  /** Tasks that are counted and are not there: what was to make them broke off. `again`: however lately that was looked at. */
  async #strays(tenantId: string, again = false): Promise<readonly number[]> {
    const { executor, clock, isThere } = this.options;
    const now = clock.now();
    const looked = this.#looked.get(tenantId) ?? Number.NEGATIVE_INFINITY;
    if (!again && now - looked < STRAYS_INTERVAL_MS) return [];
    this.#looked.set(tenantId, now);
    const strays: number[] = [];
    for (const [taskId, { since }] of await executor.load(taskPlaces, tenantId))
      if (now - since >= MAKING_TIMEOUT_MS && !(await isThere(taskId))) strays.push(taskId);
    return strays;
  }
}

/** The quota that refused a command; undefined: it was carried out. */
async function refusedBy(command: Promise<void>): Promise<QuotaExcess | undefined> {
  try {
    await command;
    return undefined;
  } catch (error) {
    if (!isMusterError(error, quotaErrors.MUSTER_E_QUOTA)) throw error;
    return error.fields as unknown as QuotaExcess;
  }
}
