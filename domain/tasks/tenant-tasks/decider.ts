import { MusterError } from '../../kernel/errors/index.js';
import type { Decider } from '../../kernel/event/index.js';
import { quotaErrors, refusalFields, type HolderKind, type QuotaExcess } from '../../accounts/quota/index.js';
import type { TenantTaskEvent } from './events.js';

export type TaskLimits = Readonly<Record<HolderKind, number | undefined>>;

export type TenantTaskCommand =
  | {
      readonly kind: 'take';
      readonly tenantId: string;
      readonly taskId: number;
      readonly account: string;
      readonly limits: TaskLimits;
      /** Recorded tasks that were never created, or no longer exist. */
      readonly strays: readonly number[];
    }
  | { readonly kind: 'give'; readonly tenantId: string; readonly taskId: number };

export interface TenantTask {
  readonly account: string;
  readonly since: number;
}

export type TenantTasks = ReadonlyMap<number, TenantTask>;

/** Counts a tenant's tasks exactly, since each append expects an exact revision. Throws `MUSTER_E_QUOTA`. */
export const tenantTaskDecider: Decider<TenantTaskCommand, TenantTaskEvent, TenantTasks> = {
  initialState: new Map(),
  decide(command, places) {
    const given = (taskId: number): TenantTaskEvent[] =>
      places.has(taskId) ? [{ type: 'TaskPlaceGiven', data: { tenantId: command.tenantId, taskId } }] : [];
    if (command.kind === 'give') return given(command.taskId);
    const { tenantId, taskId, account, limits, strays } = command;
    if (places.has(taskId)) return [];
    const left = strays.flatMap(given);
    const rest = left.length === 0 ? places : new Map([...places].filter(([id]) => !strays.includes(id)));
    const excess = taskExcess(rest, { tenantId, account, limits });
    if (excess !== undefined) throw new MusterError(quotaErrors.MUSTER_E_QUOTA, refusalFields(excess));
    return [...left, { type: 'TaskPlaceTaken', data: { tenantId, taskId, account } }];
  },
  evolve(places, { type, data, metadata }) {
    const next = new Map(places);
    if (type === 'TaskPlaceTaken') next.set(data.taskId, { account: data.account, since: metadata.at });
    else next.delete(data.taskId);
    return next;
  },
};

export function taskExcess(
  places: TenantTasks,
  {
    tenantId,
    account,
    limits,
  }: { readonly tenantId: string; readonly account: string; readonly limits: TaskLimits },
): QuotaExcess | undefined {
  if (limits.tenant !== undefined && places.size >= limits.tenant)
    return { quota: 'tasks', of: 'tenant', holder: tenantId, limit: limits.tenant, used: places.size };
  if (limits.account === undefined) return undefined;
  const used = tasksOf(places, account);
  return used < limits.account
    ? undefined
    : { quota: 'tasks', of: 'account', holder: account, limit: limits.account, used };
}

export function tasksOf(places: TenantTasks, account: string): number {
  let count = 0;
  for (const place of places.values()) if (place.account === account) count += 1;
  return count;
}
