import { HELD_BY_TENANT, takenPortProblem } from '#domain/protocol/index.js';
import type { AgentLog } from '../../platform/log.js';
import { SocketTable } from '../../platform/listener/socket-table.js';
import { containsAny } from '../../users/subordinate-ids.js';
import type { TenantUsers } from '../../users/tenant-users.js';

/**
 * Finds out who holds a host port that a container was to publish. A process that has bound the port but does not listen is not found, because the
 * kernel does not list it.
 */
export class PortHolders {
  readonly #sockets = new SocketTable();

  constructor(
    private readonly users: Pick<TenantUsers, 'separation' | 'range'>,
    private readonly log: AgentLog,
  ) {}

  /** Returns the reason for a container that was not started because a port is taken, or undefined if it has another reason. Logs the holder's uid. */
  async problemOf(said: string): Promise<string | undefined> {
    const taken = takenPortProblem(said);
    if (taken === undefined) return undefined;
    const uids = [...new Set(await this.#sockets.listenersAt(taken.port))];
    this.log.warn({ port: taken.port, uids }, 'agent.docker.port-taken');
    const { separation, range } = this.users;
    const isTenants = separation === 'separate' && containsAny(range, uids);
    return `${taken.problem}${isTenants ? HELD_BY_TENANT : ''}`;
  }
}
