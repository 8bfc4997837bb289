import { z } from 'zod';
import { untilAborted } from '#agents/platform/clock/until-aborted.js';
import type { DriverModule, StartedTask, TaskDriver, TaskExit, TaskSpec } from '#agents/drivers/driver.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { AllocationOrder } from '#domain/protocol/index.js';
import { order } from './agent.js';

const config = z.strictObject({});
type HandConfig = z.infer<typeof config>;

/** A task that runs until the test ends it. */
export class HandTask implements StartedTask {
  readonly startTime: number;
  readonly containerId: string;
  readonly imageDigest: string;
  readonly exit: Promise<TaskExit>;
  stops = 0;
  samples = 0;
  #resolve: (exit: TaskExit) => void = () => undefined;

  constructor(
    private readonly clock: Clock,
    name: string,
  ) {
    this.startTime = clock.now() / 1000;
    this.containerId = `container-of-${name}`;
    this.imageDigest = `image-of-${name}`;
    this.exit = new Promise((resolve) => (this.#resolve = resolve));
  }

  end(exitCode: number, more: Partial<TaskExit> = {}): void {
    this.#resolve({ exitCode, endTime: this.clock.now() / 1000, outOfMemory: false, ...more });
  }

  async stop(): Promise<void> {
    this.stops += 1;
    await this.exit;
  }

  async sample(): Promise<void> {
    this.samples += 1;
  }

  usage = (): Record<string, never> => ({});
  release = async (): Promise<void> => undefined;
}

/** Runs tasks without processes, so that a test decides the order of events. */
export class HandDriver implements TaskDriver<HandConfig> {
  readonly #tasks = new Map<string, HandTask>();

  constructor(private readonly clock: Clock) {}

  /** Returns the newest task with that name, if one was started. */
  task(allocationId: string, name = 'main'): HandTask | undefined {
    return this.#tasks.get(`${allocationId}/${name}`);
  }

  fingerprint = async (): Promise<Record<string, string>> => ({});
  prepare = async (): Promise<void> => undefined;
  run = async (): Promise<void> => undefined;
  adopt = async (): Promise<undefined> => undefined;

  /** Whether starts wait until their allocation is halted. */
  waits = false;

  async start(
    { allocationId, task: { name } }: TaskSpec<HandConfig>,
    life: AbortSignal,
    halted: AbortSignal = life,
  ): Promise<StartedTask> {
    if (this.waits) {
      await untilAborted(halted);
      halted.throwIfAborted();
    }
    const task = new HandTask(this.clock, name);
    this.#tasks.set(`${allocationId}/${name}`, task);
    return task;
  }

  async *logs(): AsyncGenerator<Uint8Array> {
    // A task of this driver has none.
  }
}

export function handRoom(driver: HandDriver): DriverModule<HandConfig> {
  return { definition: { name: 'hand', config }, needs: 'nothing', limits: [], open: async () => driver };
}

/** An order with tasks that a test ends: `main`, `side1` and so on. */
export function handOrder(tasks = 1, more: Partial<AllocationOrder> = {}): AllocationOrder {
  return { ...order(...Array.from({ length: tasks }, () => ({ driver: 'hand' }) as object)), ...more };
}
