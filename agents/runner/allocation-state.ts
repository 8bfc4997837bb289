import type { AllocationOrder } from '#domain/protocol/index.js';
import type { RegistryCredential } from '#domain/accounts/registry/index.js';
import type { StartedTask, TaskDriver, TaskSpec } from '../drivers/driver.js';
import {
  firstFailure,
  hasEnded,
  PENDING_TASK,
  type AllocationRecord,
  type TaskRecord,
} from '../journal/record.js';
import { errorFields } from '../platform/log.js';
import { deferred } from './deferred.js';
import type { RunnerParts } from './runner-parts.js';
import { specsOf } from './task-specs.js';

export type Credentials = NonNullable<AllocationOrder['registry_credentials']>;

export class AllocationState {
  readonly handles = new Map<string, StartedTask>();
  readonly ended: Promise<void>;
  /** Why the other tasks are stopped after a task has failed. */
  failure: string | undefined;
  readonly #halt = new AbortController();
  readonly #credentials = deferred<Credentials>();
  #made: readonly TaskSpec[] | undefined;
  #resolveEnded: () => void = () => undefined;

  constructor(
    readonly record: AllocationRecord,
    readonly parts: RunnerParts,
  ) {
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
    if (hasEnded(record)) this.#resolveEnded();
    this.failure = firstFailure(record) ?? undefined;
    if (record.stopping !== null || record.interrupted !== undefined || this.failure !== undefined)
      this.halt();
  }

  get id(): string {
    return this.record.allocationId;
  }

  get hasEnded(): boolean {
    return hasEnded(this.record);
  }

  /** Whether the allocation's tasks should end and no more tasks should start. */
  get isHalted(): boolean {
    return this.#halt.signal.aborted;
  }

  get isLeft(): boolean {
    return this.parts.life.aborted;
  }

  untilHalted(...more: readonly AbortSignal[]): AbortSignal {
    return AbortSignal.any([...more, this.#halt.signal, this.parts.life]);
  }

  halt(): void {
    this.#halt.abort();
  }

  resolveEnded(): void {
    this.#resolveEnded();
  }

  forgetSpecs(): void {
    this.#made = undefined;
  }

  specs(): readonly TaskSpec[] {
    const { nodeId, directory, deviceName } = this.parts;
    this.#made ??= specsOf(this.record, {
      nodeId,
      directory,
      deviceName,
      credential: (host) => this.#credential(host),
    });
    return this.#made;
  }

  task(spec: TaskSpec): TaskRecord {
    return this.record.tasks[spec.task.name] ?? PENDING_TASK;
  }

  update(spec: TaskSpec, change: Partial<TaskRecord>): void {
    this.record.tasks[spec.task.name] = { ...this.task(spec), ...change };
  }

  driver(spec: TaskSpec): TaskDriver {
    return this.parts.drivers.get(spec.task.driver);
  }

  setCredentials(credentials: Credentials | undefined): void {
    this.#credentials.give(credentials ?? {});
  }

  async save(): Promise<void> {
    try {
      await this.parts.journal.save(this.id, () => this.record);
    } catch (error) {
      this.parts.log.error({ allocationId: this.id, ...errorFields(error) }, 'agent.journal.save-failed');
    }
  }

  /** Reports a change even if it could not be journaled, because the next agent can determine it from the tasks themselves. */
  async saveAndReport(): Promise<void> {
    await this.save();
    this.parts.onChange();
  }

  async #credential(host: string): Promise<RegistryCredential | undefined> {
    return this.record.order?.registries?.includes(host) === true
      ? (await this.#credentials.value())[host]
      : undefined;
  }
}
