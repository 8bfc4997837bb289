import type { Clock } from '#domain/kernel/ports/clock.js';
import type { ReportedUsage } from '#domain/protocol/index.js';
import type { StartedTask, TaskExit } from '../driver.js';

/** A task that only pulls an image. It has no container, and counts as running until it is stopped. */
export class PulledImage implements StartedTask {
  readonly startTime: number;
  readonly exit: Promise<TaskExit>;
  readonly #clock: Clock;
  #end!: (exit: TaskExit) => void;

  constructor(
    readonly imageDigest: string,
    clock: Clock,
  ) {
    this.#clock = clock;
    this.startTime = clock.now() / 1000;
    this.exit = new Promise((resolve) => (this.#end = resolve));
  }

  async stop(): Promise<void> {
    this.#end({ exitCode: 0, endTime: this.#clock.now() / 1000, outOfMemory: false });
    await this.exit;
  }

  async sample(): Promise<void> {
    // There is nothing to measure.
  }

  usage(): ReportedUsage {
    return {};
  }

  async release(): Promise<void> {
    // The image stays, since it was pulled for a container that is about to start.
  }
}
