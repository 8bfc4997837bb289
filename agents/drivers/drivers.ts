import { isDeepStrictEqual } from 'node:util';
import { driverProblem, MAX_RESULT_BYTES, type DriverProblem } from '#domain/drivers/index.js';
import type { Task } from '#domain/jobs/job/specification.js';
import { FAULT_SUFFIX } from '#domain/drivers/start-fault.js';
import type { NodeAttributes } from '#domain/kernel/resources.js';
import { MAX_NODE_VOLUMES, type NodeVolume, type VolumeCopyOrder } from '#domain/protocol/index.js';
import { CommandRefusedError, type RunningCommand } from '../checks/reach.js';
import { absent, checked } from './checked.js';
import {
  UnknownLogError,
  type DriverHost,
  type DriverModule,
  type IsKnown,
  type TaskDriver,
} from './driver.js';
import { issueProblem } from '#domain/kernel/errors/index.js';

export interface FoundDrivers {
  readonly names: readonly string[];
  readonly attributes: NodeAttributes;
}

export class Drivers {
  readonly #rooms: readonly DriverModule[];
  readonly #open: ReadonlyMap<string, TaskDriver>;
  #declared: FoundDrivers | undefined;

  private constructor(rooms: readonly DriverModule[], open: ReadonlyMap<string, TaskDriver>) {
    this.#rooms = rooms;
    this.#open = open;
  }

  static async open(rooms: readonly DriverModule[], host: DriverHost): Promise<Drivers> {
    const opened = await Promise.all(
      rooms.map(async (room) => [room.definition.name, checked(room, await room.open(host))] as const),
    );
    return new Drivers(rooms, new Map(opened));
  }

  get(name: string): TaskDriver {
    return this.#open.get(name) ?? absent(name);
  }

  /** `ownGpus`: names of the GPUs that allocations of this node have, whatever their driver. */
  async fingerprint(ownGpus: ReadonlySet<string>): Promise<FoundDrivers> {
    const found = await Promise.all(
      [...this.#open].map(async ([name, driver]) => ({
        name,
        attributes: await driver.fingerprint(ownGpus),
      })),
    );
    const ready = found.filter(({ attributes }) => attributes !== undefined);
    return {
      names: ready
        .filter(({ name, attributes = {} }) => attributes[`${name}${FAULT_SUFFIX}`] === undefined)
        .map(({ name }) => name),
      attributes: Object.assign({}, ...ready.map(({ attributes }) => attributes)) as NodeAttributes,
    };
  }

  /** Records what the node reported to the server, because orders are validated against it. */
  declare(found: FoundDrivers): void {
    this.#declared = found;
  }

  async differ(ownGpus: ReadonlySet<string>): Promise<boolean> {
    return (
      this.#declared !== undefined && !isDeepStrictEqual(await this.fingerprint(ownGpus), this.#declared)
    );
  }

  needs(ready: readonly string[]): { readonly driver: string; readonly needs: string }[] {
    return this.#rooms
      .filter(({ definition }) => !ready.includes(definition.name))
      .map(({ definition, needs }) => ({ driver: definition.name, needs }));
  }

  problemOf(task: Pick<Task, 'driver' | 'config'>): DriverProblem | undefined {
    const { driver } = task;
    if (this.#open.has(driver) && this.#declared?.names.includes(driver) === false)
      return { field: 'driver', problem: `this node does not declare the ${driver} driver` };
    return driverProblem(
      task,
      this.#rooms.map(({ definition }) => definition),
    );
  }

  /** Describes what is wrong with a task's result, for its user. `others`: size in bytes of the results of the allocation's other tasks. */
  resultProblem(name: string, result: unknown, others: number): string | undefined {
    const schema = this.#rooms.find(({ definition }) => definition.name === name)?.definition.result;
    if (schema === undefined) return `the ${name} driver declares no result`;
    const issue = schema.safeParse(result).error?.issues[0];
    if (issue !== undefined)
      return `its result is not valid for the ${name} driver: ${['result', ...issue.path].join('.')}: ${issueProblem(issue)}`;
    if (bytesOf(result) + others > MAX_RESULT_BYTES)
      return `its result and those of its group are larger than ${MAX_RESULT_BYTES} bytes in total`;
    return undefined;
  }

  async removeVolume(name: string): Promise<boolean> {
    const gone = await Promise.all(
      [...this.#open.values()].map(async (driver) => (await driver.removeVolume?.(name)) ?? true),
    );
    return !gone.includes(false);
  }

  /** Throws a {@link CommandRefusedError} if the copy cannot be made. */
  async copyVolume(order: VolumeCopyOrder, signal: AbortSignal): Promise<RunningCommand> {
    for (const driver of this.#open.values())
      if (driver.copyVolume !== undefined) return await driver.copyVolume(order, signal);
    throw new CommandRefusedError('no driver of this node has volumes');
  }

  /**
   * Lists the volumes of the drivers that this node declares, sorted by name, at most {@link MAX_NODE_VOLUMES}. Returns undefined if one of them does not
   * list them.
   */
  async volumes(): Promise<NodeVolume[] | undefined> {
    try {
      const all = await Promise.all(
        (this.#declared?.names ?? []).map(async (name) => (await this.get(name).volumes?.()) ?? []),
      );
      return all
        .flat()
        .sort((one, other) => (one.name < other.name ? -1 : 1))
        .slice(0, MAX_NODE_VOLUMES);
    } catch {
      return undefined;
    }
  }

  /**
   * Ends what is left of an allocation without a record. A driver that this node does not declare cannot be asked, and its sweep ends what it finds as
   * soon as it works again.
   */
  async endLeft(allocationId: string): Promise<void> {
    await Promise.all(
      [...this.#open].map(async ([name, driver]) => {
        try {
          await driver.endLeft?.(allocationId);
        } catch (error) {
          if (error instanceof UnknownLogError || this.#declared?.names.includes(name) === true) throw error;
        }
      }),
    );
  }

  async run(isKnown: IsKnown, signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#open.values()].map((driver) => driver.run(isKnown, signal)));
  }
}

export function bytesOf(result: unknown): number {
  return result === undefined ? 0 : Buffer.byteLength(JSON.stringify(result));
}
