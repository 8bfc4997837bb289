import { MusterError } from '#domain/errors/index.js';
import { enrolments, nodeIdOf } from '#domain/enrolment/index.js';
import type { ReadModels } from '#domain/ports/read-models.js';
import type { CommandContext, CommandExecutor } from '#src/engine/commands/index.js';
import { hosts, type HostDocument } from '#projections/hosts.js';
import { nodes } from '#projections/nodes.js';

export interface EnrolmentsOptions {
  readonly executor: CommandExecutor;
  readonly readModels: ReadModels;
  /** Names that are known at once. */
  readonly limit: number;
}

export interface Enrolled {
  readonly nodeId: string;
  readonly position: bigint | undefined;
}

/**
 * Which machines there are, by their names. Everybody may say one, so their number is bounded: within a server never passed; servers that
 * take names at the same moment may pass it by those that the others' read models do not show yet.
 */
export class Enrolments {
  /** Positions of names that this server took and that its read models may not show yet. */
  #recent: bigint[] = [];
  #underWay = 0;

  constructor(private readonly options: EnrolmentsOptions) {}

  /** The id of the machine's node: the same for the same name. Errors: `MUSTER_E_TOO_MANY_NODES` for a name that is new. */
  async enrol(hostname: string, context: CommandContext): Promise<Enrolled> {
    const { executor } = this.options;
    const nodeId = nodeIdOf(hostname);
    const known = (await executor.load(enrolments, nodeId)).hostname !== undefined;
    if (known) return { nodeId, position: (await executor.execute(enrolments, nodeId, { kind: 'enrol', nodeId, hostname }, context)).position };
    await this.#room();
    try {
      const { position } = await executor.execute(enrolments, nodeId, { kind: 'enrol', nodeId, hostname }, context);
      if (position !== undefined) this.#recent.push(position);
      return { nodeId, position };
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Forgets the name of a machine that did not join. Errors: `MUSTER_E_NODE_NOT_FOUND`, `MUSTER_E_NODE_JOINED`. */
  async forget(nodeId: string, context: CommandContext): Promise<bigint | undefined> {
    const { executor, readModels } = this.options;
    if ((await readModels.get(nodes.name, nodeId)) !== undefined) throw new MusterError('MUSTER_E_NODE_JOINED', { nodeId });
    return (await executor.execute(enrolments, nodeId, { kind: 'forget', nodeId }, context)).position;
  }

  /** The name of the machine that a node is, where it said one. */
  async hostnameOf(nodeId: string): Promise<string | undefined> {
    const stored = await this.options.readModels.get(hosts.name, nodeId);
    return stored === undefined ? undefined : (JSON.parse(stored.json) as HostDocument).hostname;
  }

  /** Takes a place for one more, or throws. Counts rather one twice than none: the position is read before what is shown. */
  async #room(): Promise<void> {
    const { readModels, limit } = this.options;
    const position = readModels.position();
    const shown = await readModels.count(hosts.name);
    this.#recent = this.#recent.filter((each) => each > position);
    if (shown + this.#recent.length + this.#underWay >= limit) throw new MusterError('MUSTER_E_TOO_MANY_NODES', { limit });
    this.#underWay += 1;
  }
}
