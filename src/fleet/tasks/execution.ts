import { environments, pinOf } from '#domain/environment/index.js';
import { MusterError } from '#domain/errors/index.js';
import type { Executor, Moment, Pin, PresentTask, Priority } from '#domain/task/index.js';
import { mayExecute, OPERATOR, users } from '#domain/user/index.js';
import type { UserPrincipal } from '#src/accounts/index.js';
import type { WorkHost } from '#src/fleet/owned-work/index.js';

/** What of a task may take the right to execute. */
export interface Demanding {
  readonly executor: Executor;
  readonly priority?: Priority | undefined;
}

/** Whose a task is, and what it is. */
export type OwnedTask = Pick<PresentTask, 'tenantId' | 'createdBy' | 'definition'>;

/** What of a task that is there may take the right to execute. */
export function rightsOf({ definition }: Pick<PresentTask, 'definition'>): Demanding {
  return { executor: definition.work.executor, priority: definition.priority };
}

/** Scopes of an API key that let it run processes, where its account may. */
const SCOPES = ['*', 'tasks', 'tasks:execute'];

/** Who may have workers carry out which tasks: processes take a right that calls do not. */
export class Execution {
  /** Asked now: slots that are due together are one owner's most often. */
  readonly #asked = new Map<string, Promise<boolean>>();

  constructor(private readonly host: Pick<WorkHost, 'executor' | 'openExecution' | 'quotas'>) {}

  /** Refuses a task that the account may not have carried out, and names what is missing. A key never may more than its account. */
  demand(account: UserPrincipal, { executor, priority }: Demanding): void {
    if (executor !== 'http') this.#demandRight(account, 'to run processes on workers');
    // Runs of this priority go ahead of those of all other tenants.
    if (priority === 'critical') this.#demandRight(account, 'priority critical');
  }

  #demandRight({ role, execute, scopes }: UserPrincipal, purpose: string): void {
    const refuse = (what: string): MusterError => new MusterError('MUSTER_E_FORBIDDEN', { problem: `${purpose} takes ${what}` });
    if (!mayExecute({ role, execute, active: true }, this.host.openExecution))
      throw refuse('the right execute, which an administrator grants: muster user grant NAME');
    if (scopes !== undefined && !scopes.some((scope) => SCOPES.includes(scope))) throw refuse('an API key with the scope tasks:execute');
  }

  /** Whether who made a task may have it run now. */
  async permits({ createdBy, definition }: Pick<PresentTask, 'createdBy' | 'definition'>): Promise<boolean> {
    // No account stands behind the operator's keys: there is nothing that could have lost the right.
    const { executor, priority } = rightsOf({ definition });
    if ((executor === 'http' && priority !== 'critical') || createdBy === OPERATOR.userId) return true;
    const asked = this.#asked.get(createdBy) ?? this.#ask(createdBy);
    this.#asked.set(createdBy, asked);
    return await asked;
  }

  /** Whether a run of the task may begin now: the right of who made it, and the quotas that the scheduler does not keep. */
  async admissionOf(task: OwnedTask): Promise<Pick<Moment, 'permitted' | 'overQuota'>> {
    const excess = await this.host.quotas?.logExcess({ tenantId: task.tenantId, account: task.createdBy });
    return { permitted: await this.permits(task), ...(excess !== undefined && { overQuota: true }) };
  }

  /** What slots of a task are decided by. `now`: milliseconds since 1970. */
  async momentOf(task: OwnedTask, now: number): Promise<Moment> {
    return { now, ...(await this.admissionOf(task)), pin: await this.#pinOf(task) };
  }

  /** The generation that is current now of what it runs in; undefined: there is none. */
  async #pinOf({ definition: { work } }: Pick<PresentTask, 'definition'>): Promise<Pin | undefined> {
    return work.executor === 'conda' ? pinOf(await this.host.executor.load(environments, work.environmentId)) : undefined;
  }

  async #ask(account: string): Promise<boolean> {
    try {
      const owner = await this.host.executor.load(users, account);
      return owner.kind === 'present' && mayExecute(owner, this.host.openExecution);
    } finally {
      this.#asked.delete(account);
    }
  }
}
