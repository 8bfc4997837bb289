import { driverProblem, MAX_RESULT_BYTES, type DriverProblem } from '#domain/drivers/index.js';
import type { Task } from '#domain/job/specification.js';
import type { NodeAttributes } from '#domain/resources.js';
import { absent, checked } from './checked.js';
import type { DriverHost, DriverRoom, TaskDriver } from './driver.js';

/** What the node's drivers are now. */
export interface FoundDrivers {
  /** Names of those that can run tasks here, in the order of the list. */
  readonly names: readonly string[];
  readonly attributes: NodeAttributes;
}

/** The drivers of one agent. */
export class Drivers {
  readonly #rooms: readonly DriverRoom[];
  readonly #open: ReadonlyMap<string, TaskDriver>;
  #declared: readonly string[] | undefined;

  private constructor(rooms: readonly DriverRoom[], open: ReadonlyMap<string, TaskDriver>) {
    this.#rooms = rooms;
    this.#open = open;
  }

  static async open(rooms: readonly DriverRoom[], host: DriverHost): Promise<Drivers> {
    const opened = await Promise.all(rooms.map(async (room) => [room.definition.name, checked(room, await room.open(host))] as const));
    return new Drivers(rooms, new Map(opened));
  }

  /** The driver of that name; where there is none, one that says so. */
  get(name: string): TaskDriver {
    return this.#open.get(name) ?? absent(name);
  }

  async fingerprint(): Promise<FoundDrivers> {
    const found = await Promise.all([...this.#open].map(async ([name, driver]) => ({ name, attributes: await driver.fingerprint() })));
    const ready = found.filter(({ attributes }) => attributes !== undefined);
    return { names: ready.map(({ name }) => name), attributes: Object.assign({}, ...ready.map(({ attributes }) => attributes)) as NodeAttributes };
  }

  /** What the node told the server that it can run: from now on orders are held against it. */
  declare(names: readonly string[]): void {
    this.#declared = names;
  }

  /** Whether what was declared is no longer so. */
  async differ(): Promise<boolean> {
    const { names } = await this.fingerprint();
    return this.#declared !== undefined && names.join() !== this.#declared.join();
  }

  /** What each driver that is not ready lacks. */
  needs(ready: readonly string[]): { readonly driver: string; readonly needs: string }[] {
    return this.#rooms.filter(({ definition }) => !ready.includes(definition.name)).map(({ definition, needs }) => ({ driver: definition.name, needs }));
  }

  /** What is wrong with the driver that a task names, or with its `config`. */
  problemOf(task: Pick<Task, 'driver' | 'config'>): DriverProblem | undefined {
    const { driver } = task;
    if (this.#open.has(driver) && this.#declared?.includes(driver) === false)
      return { field: 'driver', problem: `this node does not declare the driver ${driver}` };
    return driverProblem(
      task,
      this.#rooms.map(({ definition }) => definition),
    );
  }

  /** What is wrong with what a task gave back, in words for its user; `others`: bytes that the other tasks of its allocation have given back. */
  resultProblem(name: string, result: unknown, others: number): string | undefined {
    const schema = this.#rooms.find(({ definition }) => definition.name === name)?.definition.result;
    if (schema === undefined) return `the driver ${name} declares no result`;
    const issue = schema.safeParse(result).error?.issues[0];
    if (issue !== undefined) return `its result is not one of the driver ${name}: ${['result', ...issue.path].join('.')}: ${issue.message}`;
    if (bytesOf(result) + others > MAX_RESULT_BYTES) return `its result is larger than ${MAX_RESULT_BYTES} bytes, together with those of its group`;
    return undefined;
  }

  /** Removes a named volume; whether it is gone. Throws where nobody can say. */
  async removeVolume(name: string): Promise<boolean> {
    const gone = await Promise.all([...this.#open.values()].map(async (driver) => (await driver.removeVolume?.(name)) ?? true));
    return !gone.includes(false);
  }

  async run(isKnown: (allocationId: string) => boolean, signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#open.values()].map((driver) => driver.run(isKnown, signal)));
  }
}

/** Of a result as JSON. */
export function bytesOf(result: unknown): number {
  return result === undefined ? 0 : Buffer.byteLength(JSON.stringify(result));
}
