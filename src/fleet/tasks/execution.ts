import { environments, pinOf } from '#domain/environment/index.js';
import { MusterError } from '#domain/errors/index.js';
import type { Executor, Moment, Pin, PresentTask } from '#domain/task/index.js';
import { mayExecute, OPERATOR, users } from '#domain/user/index.js';
import type { UserPrincipal } from '#src/accounts/index.js';
import type { WorkHost } from '#src/fleet/owned-work/index.js';

/** Scopes of an API key that let it run processes, where its account may. */
const SCOPES = ['*', 'tasks', 'tasks:execute'];

/** Who may have workers carry out which tasks: processes take a right that calls do not. */
export class Execution {
  /** Asked now: slots that are due together are one owner's most often. */
  readonly #asked = new Map<string, Promise<boolean>>();

  constructor(private readonly host: Pick<WorkHost, 'executor' | 'openExecution'>) {}

  /** Refuses who may not have such a task carried out, and names what is missing. A key never may more than its account. */
  demand({ role, execute, scopes }: UserPrincipal, executor: Executor): void {
    if (executor === 'http') return;
    const refuse = (what: string): MusterError => new MusterError('MUSTER_E_FORBIDDEN', { problem: `to run processes on workers takes ${what}` });
    if (!mayExecute({ role, execute, active: true }, this.host.openExecution))
      throw refuse('the right execute, which an administrator grants: muster user grant NAME');
    if (scopes !== undefined && !scopes.some((scope) => SCOPES.includes(scope))) throw refuse('an API key with the scope tasks:execute');
  }

  /** Whether who made a task may have it run now. */
  async permits({ createdBy, definition }: Pick<PresentTask, 'createdBy' | 'definition'>): Promise<boolean> {
    // No account stands behind the operator's keys: there is nothing that could have lost the right.
    if (definition.work.executor === 'http' || createdBy === OPERATOR.userId) return true;
    const asked = this.#asked.get(createdBy) ?? this.#ask(createdBy);
    this.#asked.set(createdBy, asked);
    return await asked;
  }

  /** What slots of a task are decided by. `now`: milliseconds since 1970. */
  async momentOf(task: Pick<PresentTask, 'createdBy' | 'definition'>, now: number): Promise<Moment> {
    return { now, permitted: await this.permits(task), pin: await this.#pinOf(task) };
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
