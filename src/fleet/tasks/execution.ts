import { environments, pinOf, type Pin } from '#domain/environments/environment/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Executor, Moment, PresentTask, Priority } from '#domain/tasks/task/index.js';
import { mayExecute, OPERATOR, users } from '#domain/accounts/user/index.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { Quotas, UserPrincipal } from '#src/accounts/index.js';

export interface ExecutionRights {
  readonly executor: Executor;
  readonly priority?: Priority | undefined;
}

export type OwnedTask = Pick<PresentTask, 'tenantId' | 'createdBy' | 'definition'>;

export function rightsOf({ definition }: Pick<PresentTask, 'definition'>): ExecutionRights {
  return { executor: definition.work.executor, priority: definition.priority };
}

export interface ExecutionParts {
  readonly executor: Pick<CommandExecutor, 'load'>;
  readonly quotas?: Pick<Quotas, 'logExcess'>;
  /** Whether every account may run processes on workers. */
  readonly openExecution: boolean;
}

/** API key scopes that allow running processes, provided the account itself is allowed to. */
const SCOPES = ['*', 'tasks', 'tasks:execute'];

export class Execution {
  readonly #asked = new Map<string, Promise<boolean>>();

  constructor(private readonly parts: ExecutionParts) {}

  demand(account: UserPrincipal, { executor, priority }: ExecutionRights): void {
    if (executor !== 'http') this.#demandRight(account, 'running processes on workers');
    // Runs with this priority start before the runs of all other tenants.
    if (priority === 'critical') this.#demandRight(account, 'priority critical');
  }

  #demandRight({ role, execute, scopes }: UserPrincipal, purpose: string): void {
    const refuse = (what: string): MusterError =>
      new MusterError('MUSTER_E_FORBIDDEN', { problem: `${purpose} requires ${what}` });
    if (!mayExecute({ role, execute, active: true }, this.parts.openExecution))
      throw refuse('the right execute; an administrator can grant it with: muster user grant NAME');
    if (scopes !== undefined && !scopes.some((scope) => SCOPES.includes(scope)))
      throw refuse('an API key with the scope tasks:execute');
  }

  async permits({ createdBy, definition }: Pick<PresentTask, 'createdBy' | 'definition'>): Promise<boolean> {
    // The operator's keys have no account that could have lost the permission.
    const { executor, priority } = rightsOf({ definition });
    if ((executor === 'http' && priority !== 'critical') || createdBy === OPERATOR.userId) return true;
    const asked = this.#asked.get(createdBy) ?? this.#ask(createdBy);
    this.#asked.set(createdBy, asked);
    return await asked;
  }

  /** Whether a run may start now, by permission and by the quotas that the scheduler does not enforce. */
  async admissionOf(task: OwnedTask): Promise<Pick<Moment, 'permitted' | 'overQuota'>> {
    const excess = await this.parts.quotas?.logExcess({ tenantId: task.tenantId, account: task.createdBy });
    return { permitted: await this.permits(task), ...(excess !== undefined && { overQuota: true }) };
  }

  /** Facts from which the slots of a task are decided. `now`: milliseconds since the epoch. */
  async momentOf(task: OwnedTask, now: number): Promise<Moment> {
    return { now, ...(await this.admissionOf(task)), pin: await this.#pinOf(task) };
  }

  async #pinOf({ definition: { work } }: Pick<PresentTask, 'definition'>): Promise<Pin | undefined> {
    return work.executor === 'conda'
      ? pinOf(await this.parts.executor.load(environments, work.environmentId))
      : undefined;
  }

  async #ask(account: string): Promise<boolean> {
    try {
      const owner = await this.parts.executor.load(users, account);
      return owner.kind === 'present' && mayExecute(owner, this.parts.openExecution);
    } finally {
      this.#asked.delete(account);
    }
  }
}
