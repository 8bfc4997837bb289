import { isMusterError, MusterError } from '#domain/errors/index.js';
import { enrolments, nodeIdOf } from '#domain/enrolment/index.js';
import type { ReadModels } from '#domain/ports/read-models.js';
import { once, Turns, type CommandContext, type CommandExecutor } from '#src/engine/commands/index.js';
import { hosts, type HostDocument } from '#projections/hosts.js';
import { nodes } from '#projections/nodes.js';

export interface EnrolmentsOptions {
  readonly executor: CommandExecutor;
  readonly readModels: ReadModels;
  /** Names that are known at once. */
  readonly limit: number;
  /** Names that one address said and no node joined with. */
  readonly waiting: number;
}

/** Milliseconds that a name which is new waits for the read models to show the others of its address. */
const SHOWN_PATIENCE_MS = 2000;
/** New names that are taken at once. */
const UNDER_WAY = 8192;

export interface Enrolled {
  readonly nodeId: string;
  readonly position: bigint | undefined;
}

/**
 * Which machines there are, by their names. Everybody may say one, so their number is bounded, and of one address that of the names with which no node
 * joined: there the oldest makes room for a new one. Within a server the bounds are never passed; servers that take names at the same moment may pass them by
 * those that the others' read models do not show yet.
 */
export class Enrolments {
  /** Positions of names that this server took and that its read models may not show yet. */
  #recent: bigint[] = [];
  #underWay = 0;
  /** Position of the newest event that this server wrote of a name. */
  #newest: bigint | undefined;
  /** By address. */
  readonly #turns = new Turns(UNDER_WAY);

  constructor(private readonly options: EnrolmentsOptions) {}

  /** The id of the machine's node: the same for the same name. `address`: digest of that which says it. Errors: `MUSTER_E_TOO_MANY_NODES` for a name that is new. */
  async enrol(hostname: string, address: string, context: CommandContext): Promise<Enrolled> {
    const { executor } = this.options;
    const nodeId = nodeIdOf(hostname);
    const known = (await executor.load(enrolments, nodeId)).hostname !== undefined;
    if (known) return { nodeId, position: (await executor.execute(enrolments, nodeId, { kind: 'enrol', nodeId, hostname }, context)).position };
    return await this.#turns.take(address, async () => {
      await this.#makeRoom(address, context);
      await this.#takeRoom();
      try {
        const { position } = await executor.execute(enrolments, nodeId, { kind: 'enrol', nodeId, hostname, address }, context);
        if (position !== undefined) this.#recent.push(position);
        this.#wrote(position);
        return { nodeId, position };
      } finally {
        this.#underWay -= 1;
      }
    });
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

  /** Forgets the oldest names of the address with which no node joined, until there is room for one more. */
  async #makeRoom(address: string, context: CommandContext): Promise<void> {
    const { executor, readModels, waiting } = this.options;
    if (this.#newest !== undefined) await readModels.waitFor(this.#newest, SHOWN_PATIENCE_MS);
    const ids: string[] = [];
    for await (const page of readModels.list(hosts.name, { where: { index: 'waiting', value: address } })) ids.push(...page.map(({ id }) => id));
    for (const nodeId of ids.slice(0, Math.max(0, ids.length + 1 - waiting))) {
      try {
        const { position } = await executor.execute(enrolments, nodeId, { kind: 'forget', nodeId }, once(context));
        this.#wrote(position);
      } catch (error) {
        // Another server, or an administrator, was quicker.
        if (!isMusterError(error, 'MUSTER_E_NODE_NOT_FOUND')) throw error;
      }
    }
  }

  #wrote(position: bigint | undefined): void {
    if (position !== undefined && (this.#newest === undefined || position > this.#newest)) this.#newest = position;
  }

  /** Takes a place for one more, or throws. Counts rather one twice than none: the position is read before what is shown. */
  async #takeRoom(): Promise<void> {
    const { readModels, limit } = this.options;
    const position = readModels.position();
    const shown = await readModels.count(hosts.name);
    this.#recent = this.#recent.filter((each) => each > position);
    if (shown + this.#recent.length + this.#underWay >= limit) throw new MusterError('MUSTER_E_TOO_MANY_NODES', { limit });
    this.#underWay += 1;
  }
}
