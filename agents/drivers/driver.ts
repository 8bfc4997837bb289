import type { DriverDefinition } from '#domain/drivers/index.js';
import type { ChosenImage } from '#domain/jobs/job/chosen-image.js';
import type { AssignedPort } from '#domain/jobs/job/task-port.js';
import type { Task } from '#domain/jobs/job/specification.js';
import type { RegistryCredential } from '#domain/accounts/registry/index.js';
import type { NodeAttributes } from '#domain/kernel/resources.js';
import type { LogQuery } from '#domain/protocol/agent-channel.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { TextBlobs } from '#domain/kernel/ports/text-blobs.js';
import type { NodeVolume, ReportedUsage, UsagePoint, VolumeCopyOrder } from '#domain/protocol/index.js';
import type { RunningCommand, TaskReach } from '../checks/reach.js';
import type { Verdict } from '../checks/task-health.js';
import type { AgentLog } from '../platform/log.js';
import type { AgentSettings } from '../settings.js';
import type { TenantUsers } from '../users/tenant-users.js';
import type { Maker, OwnWork } from './own-work.js';

/** Seconds between SIGTERM and SIGKILL for a task that does not say. */
export { DEFAULT_KILL_TIMEOUT_SECONDS } from '#domain/protocol/index.js';

export interface TaskSpec<Config = unknown> {
  readonly nodeId: string;
  /** Id of the log that the allocation belongs to. Absent if the agent did not know it when it accepted the allocation. */
  readonly log?: string | undefined;
  readonly epoch: number | null;
  readonly allocationId: string;
  readonly jobId: string;
  readonly group: string;
  readonly task: Omit<Task, 'config'>;
  readonly config: Config;
  readonly gpuDevices: readonly number[];
  readonly gpuNames?: readonly string[];
  readonly assignedPorts?: readonly AssignedPort[];
  readonly chosenImage?: ChosenImage | undefined;
  readonly imageOwner?: string | undefined;
  /** Tenant whose network the container joins. Default: no tenant, and the daemon's default network. */
  readonly networkOwner?: string | undefined;
  /** Additional name of the container on that network. */
  readonly networkName?: string | undefined;
  /** Why the task cannot be started, as found by the server. */
  readonly problem?: string | undefined;
  /** Returns the owner's credential for a registry, and may wait for a server to send it. If absent, images are pulled anonymously. */
  readonly credential?: (host: string) => Promise<RegistryCredential | undefined>;
  readonly directory: string;
}

export interface TaskExit {
  /** 128 + n after signal n. Null if it cannot be determined. */
  readonly exitCode: number | null;
  readonly endTime: number;
  readonly outOfMemory: boolean;
  /** An explanation in addition to the exit code. */
  readonly problem?: string;
  /** Set if the task did not end on its own, but because its machine or Docker daemon ended. `problem` explains the cause. */
  readonly interrupted?: true;
  readonly usage?: ReportedUsage;
  readonly result?: Readonly<Record<string, unknown>>;
}

export interface StartedTask {
  readonly startTime: number;
  readonly containerId?: string;
  readonly imageDigest?: string;
  readonly reach?: TaskReach;
  /** Reports the result of the check that the task's image declares, until the signal aborts. Absent if it declares none. */
  followHealth?(tell: (verdict: Verdict) => void, signal: AbortSignal): void;
  readonly endsWithAgent?: boolean;
  /** Resolves when the task has ended. Never rejects. */
  readonly exit: Promise<TaskExit>;
  /** Sends SIGTERM, then SIGKILL after `killTimeoutMs`. Resolves when the task has ended. */
  stop(killTimeoutMs: number): Promise<void>;
  sample(): Promise<void>;
  usage(): ReportedUsage;
  /** Usage during the last hour, oldest first. Absent for tasks without resources of their own. */
  usageHistory?(): readonly UsagePoint[];
  /** Releases the host resources of an ended task (container, cgroup). Its logs are kept. Can be repeated. */
  release(): Promise<void>;
}

export class TaskStartError extends Error {
  override readonly name: string = 'TaskStartError';
}

export class TaskRefusedError extends TaskStartError {
  override readonly name = 'TaskRefusedError';
}

/** Something of an allocation is running, and only the log that no server has told yet decides whether it is this agent's. */
export class UnknownLogError extends TaskStartError {
  override readonly name = 'UnknownLogError';

  constructor() {
    super(
      'something with its id is running that bears the id of a log, and no server has told this node the id of its own log',
    );
  }
}

/** Whether the journal has an allocation's order. With `made`: of the log that this work bears. */
export type IsKnown = (allocationId: string, made?: Pick<Maker, 'log'>) => boolean;

/** Runs tasks of one kind. No operation may start a task twice, no matter which process was killed in between. */
export interface TaskDriver<Config = unknown> {
  /**
   * Returns node attributes, or undefined while the node lacks a prerequisite of the driver. Called repeatedly. `ownGpus`: names of the GPUs that
   * allocations of this node have, whatever their driver.
   */
  fingerprint(ownGpus: ReadonlySet<string>): Promise<NodeAttributes | undefined>;
  prepare(spec: TaskSpec<Config>, signal: AbortSignal): Promise<void>;
  /** Starts the task, or takes it over if an earlier agent started it. A start that waits for its turn throws if `halted` aborts. */
  start(spec: TaskSpec<Config>, signal: AbortSignal, halted?: AbortSignal): Promise<StartedTask>;
  /** Takes over the task if it was ever started. If it was not and `abandon` is set, guarantees that it never will be. */
  adopt(spec: TaskSpec<Config>, abandon: boolean): Promise<StartedTask | undefined>;
  /** Reads the log, even after the task has ended. With `follow`, reading continues until `ended()` returns true. */
  logs(
    spec: TaskSpec<Config>,
    query: LogQuery,
    ended: () => boolean,
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array>;
  removeVolume?(name: string): Promise<boolean>;
  /**
   * Writes the content of a volume as an archive (tar), or replaces it with that of an archive. The exit code of a restore is 0,
   * `RESTORE_UNCHANGED` or `RESTORE_INCOMPLETE`. Throws a `CommandRefusedError`, for example while a container uses the volume.
   */
  copyVolume?(order: VolumeCopyOrder, signal: AbortSignal): Promise<RunningCommand>;
  /** Lists the volumes on the machine, also those of other node ids. Absent if the driver has none. */
  volumes?(): Promise<readonly NodeVolume[]>;
  /**
   * Ends what an earlier agent with this node's id left of an allocation that is not in the journal. Resolves when nothing of it is running. Throws a
   * {@link TaskStartError} if that cannot be determined, and an {@link UnknownLogError} if it cannot be until a server tells the log.
   */
  endLeft?(allocationId: string): Promise<void>;
  run(isKnown: IsKnown, signal: AbortSignal): Promise<void>;
}

export interface DriverHost {
  readonly nodeId: string;
  /** Decides what on the machine is this agent's own work. */
  readonly ownWork: OwnWork;
  readonly directory: string;
  readonly publishHost: string;
  readonly dockerSocket?: string | undefined;
  readonly tasksEndWithAgent?: boolean | undefined;
  /** What the node's operator has set. */
  readonly settings: AgentSettings;
  readonly users: TenantUsers;
  /** Whether tenants' processes get their own mount and IPC namespaces. Default: `shared`. */
  readonly namespaces?: 'own' | 'shared' | undefined;
  /** URLs of Muster's own components, which tasks may never call. */
  readonly ownParts: () => readonly string[];
  /** Text blobs that orders refer to by hash. Reads wait until a server responds. */
  readonly documents: TextBlobs;
  readonly clock: Clock;
  readonly log: AgentLog;
  readonly life: AbortSignal;
}

export interface DriverModule<Config = unknown> {
  readonly definition: DriverDefinition<Config>;
  /** Prerequisites that the node must provide, described for its operator. */
  readonly needs: string;
  readonly limits: readonly string[];
  open(host: DriverHost): Promise<TaskDriver<Config>>;
}
