import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import { enrolments, nodeIdOf } from '#domain/nodes/enrolment/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { once, type CommandContext, type CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { RateLimit } from '#src/accounts/index.js';
import { KeyedMutex } from '#src/engine/commands/index.js';
import { hosts, type HostDocument } from '#projections/nodes/hosts.js';
import { nodes } from '#projections/nodes/nodes.js';

export interface EnrolmentLimits {
  readonly enrolmentsPerMinute: number;
  readonly enrolledNodes: number;
  readonly waitingNodes: number;
}

export const DEFAULT_ENROLMENT_LIMITS: EnrolmentLimits = {
  enrolmentsPerMinute: 120,
  enrolledNodes: 10_000,
  waitingNodes: 50,
};

export interface EnrolmentsOptions {
  readonly executor: CommandExecutor;
  readonly readModels: ReadModels;
  readonly clock: Clock;
  readonly limits?: EnrolmentLimits;
}

const READ_MODEL_TIMEOUT_MS = 2000;
const UNDER_WAY = 8192;

export interface Enrolled {
  readonly nodeId: string;
  readonly position: bigint | undefined;
}

/**
 * Registers machines by name. Anyone may register a name, so the total is limited, and so are the unused names per address. At an address's limit, a
 * new name replaces the oldest. A single server never exceeds the limits. Concurrent servers may, by names that their read models lack.
 */
export class Enrolments {
  #recent: bigint[] = [];
  #underWay = 0;
  #newest: bigint | undefined;
  readonly #mutex = new KeyedMutex(UNDER_WAY);
  readonly #limits: EnrolmentLimits;
  readonly addresses: { readonly enrolments: RateLimit };

  constructor(private readonly options: EnrolmentsOptions) {
    const { clock, limits = DEFAULT_ENROLMENT_LIMITS } = options;
    this.#limits = limits;
    this.addresses = {
      enrolments: new RateLimit(clock, limits.enrolmentsPerMinute, 'node registrations from this address'),
    };
  }

  /** Returns the node id for a machine's name. Throws `MUSTER_E_TOO_MANY_NODES` if the name is new and the limit is reached. */
  async enrol(hostname: string, address: string, context: CommandContext): Promise<Enrolled> {
    const { executor } = this.options;
    const nodeId = nodeIdOf(hostname);
    const known = (await executor.load(enrolments, nodeId)).hostname !== undefined;
    if (known)
      return {
        nodeId,
        position: (await executor.execute(enrolments, nodeId, { kind: 'enrol', nodeId, hostname }, context))
          .position,
      };
    return await this.#mutex.take(address, async () => {
      await this.#removeOldest(address, context);
      await this.#reserve();
      try {
        const { position } = await executor.execute(
          enrolments,
          nodeId,
          { kind: 'enrol', nodeId, hostname, address },
          context,
        );
        if (position !== undefined) this.#recent.push(position);
        this.#wrote(position);
        return { nodeId, position };
      } finally {
        this.#underWay -= 1;
      }
    });
  }

  /** Removes the name of a machine that never joined. Throws `MUSTER_E_NODE_NOT_FOUND`, or `MUSTER_E_NODE_JOINED` if it did join. */
  async forget(nodeId: string, context: CommandContext): Promise<bigint | undefined> {
    const { executor, readModels } = this.options;
    if ((await readModels.get(nodes.name, nodeId)) !== undefined)
      throw new MusterError('MUSTER_E_NODE_JOINED', { nodeId });
    return (await executor.execute(enrolments, nodeId, { kind: 'forget', nodeId }, context)).position;
  }

  async hostnameOf(nodeId: string): Promise<string | undefined> {
    const stored = await this.options.readModels.get(hosts.name, nodeId);
    return stored === undefined ? undefined : (JSON.parse(stored.json) as HostDocument).hostname;
  }

  async #removeOldest(address: string, context: CommandContext): Promise<void> {
    const { executor, readModels } = this.options;
    const { waitingNodes } = this.#limits;
    if (this.#newest !== undefined) await readModels.waitFor(this.#newest, READ_MODEL_TIMEOUT_MS);
    const ids: string[] = [];
    for await (const page of readModels.list(hosts.name, { where: { index: 'waiting', value: address } }))
      ids.push(...page.map(({ id }) => id));
    for (const nodeId of ids.slice(0, Math.max(0, ids.length + 1 - waitingNodes))) {
      try {
        const { position } = await executor.execute(
          enrolments,
          nodeId,
          { kind: 'forget', nodeId },
          once(context),
        );
        this.#wrote(position);
      } catch (error) {
        // Another server or an administrator has already removed it.
        if (!isMusterError(error, 'MUSTER_E_NODE_NOT_FOUND')) throw error;
      }
    }
  }

  #wrote(position: bigint | undefined): void {
    if (position !== undefined && (this.#newest === undefined || position > this.#newest))
      this.#newest = position;
  }

  /** Reserves capacity for one name, or throws. The position is read before the count, so a name may be counted twice but is never missed. */
  async #reserve(): Promise<void> {
    const { readModels } = this.options;
    const { enrolledNodes } = this.#limits;
    const position = readModels.position();
    const shown = await readModels.count(hosts.name);
    this.#recent = this.#recent.filter((each) => each > position);
    if (shown + this.#recent.length + this.#underWay >= enrolledNodes)
      throw new MusterError('MUSTER_E_TOO_MANY_NODES', { limit: enrolledNodes });
    this.#underWay += 1;
  }
}
