import type { ReportedUsage, UsagePoint } from '#domain/protocol/index.js';
import type { StartedTask, TaskExit } from '../driver.js';

/** A process task that does additional work between the end of its process and the report of that end. */
export class FollowedTask implements StartedTask {
  readonly startTime: number;
  readonly endsWithAgent: boolean;
  readonly exit: Promise<TaskExit>;
  readonly #task: StartedTask;

  constructor(task: StartedTask, ending: (exit: TaskExit) => Promise<TaskExit>) {
    this.#task = task;
    this.startTime = task.startTime;
    this.endsWithAgent = task.endsWithAgent === true;
    this.exit = task.exit.then(ending);
  }

  async stop(killTimeoutMs: number): Promise<void> {
    await this.#task.stop(killTimeoutMs);
    await this.exit;
  }

  async sample(): Promise<void> {
    await this.#task.sample();
  }

  usage(): ReportedUsage {
    return this.#task.usage();
  }

  usageHistory(): readonly UsagePoint[] {
    return this.#task.usageHistory?.() ?? [];
  }

  async release(): Promise<void> {
    await this.#task.release();
  }
}
