import type { ReportedUsage } from '#domain/protocol/index.js';
import type { LogQuery } from '#domain/ports/agent-channel.js';
import type { Task } from '#domain/job/specification.js';

/** One task of one allocation, as a driver is given it. */
export interface TaskSpec {
  readonly nodeId: string;
  readonly epoch: number | null;
  readonly allocationId: string;
  readonly jobId: string;
  readonly group: string;
  readonly task: Task;
  /** Indexes of the GPU devices that are the task's own. */
  readonly gpuDevices: readonly number[];
  /** The task's own directory on the agent's disk: its logs, and what its driver writes down. */
  readonly directory: string;
}

/** How a task ended. */
export interface TaskExit {
  /** Null where nobody can know it any more. 128 + n where signal n ended it. */
  readonly exitCode: number | null;
  /** Unix seconds. */
  readonly endTime: number;
  readonly outOfMemory: boolean;
  /** What else is known, where the exit code does not say it. */
  readonly problem?: string;
  readonly usage?: ReportedUsage;
}

/** A task that was started, by this agent or by the one before it. */
export interface StartedTask {
  /** Unix seconds. */
  readonly startTime: number;
  /** Of the container that it runs in, where it runs in one. */
  readonly containerId?: string;
  /** Resolves when the task has ended, at once where it has already. Never rejects. */
  readonly exit: Promise<TaskExit>;
  /** SIGTERM, then SIGKILL after `killTimeoutMs`. Resolves when the task has ended. */
  stop(killTimeoutMs: number): Promise<void>;
  /** Takes a measurement of what it uses now. */
  sample(): Promise<void>;
  /** What it used so far, as far as it was measured. */
  usage(): ReportedUsage;
  /** Lets go of what the host holds for an ended task (container, cgroup); its logs stay on disk. Repeatable. */
  release(): Promise<void>;
}

/** Thrown by a driver that cannot start a task; the message says why, for the user. */
export class TaskStartError extends Error {
  override readonly name = 'TaskStartError';
}

/** One way to run a task. Nothing a driver does starts a task twice, whatever was killed in between. */
export interface TaskDriver {
  readonly name: 'docker' | 'exec';
  /** Fetches what the start needs (an image). May take minutes; ends early, with any error, when the signal aborts. */
  prepare(spec: TaskSpec, signal: AbortSignal): Promise<void>;
  /** Starts the task, or takes over the one that an agent before has started. */
  start(spec: TaskSpec, signal: AbortSignal): Promise<StartedTask>;
  /** The task if it was ever started, running or ended. `abandon`: and if it was not, it never will be. */
  recover(spec: TaskSpec, abandon: boolean): Promise<StartedTask | undefined>;
  /** Bytes of one stream of its log, also after its end. With `follow` until `ended()`, which says whether the task has ended. */
  logs(spec: TaskSpec, query: LogQuery, ended: () => boolean, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** What the driver does beside its tasks (rotation, removal of strays), until the signal aborts. `isKnown` names allocations that are the agent's. */
  run(isKnown: (allocationId: string) => boolean, signal: AbortSignal): Promise<void>;
}
