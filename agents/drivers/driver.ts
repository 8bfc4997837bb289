import type { DriverDefinition } from '#domain/drivers/index.js';
import type { ChosenImage } from '#domain/jobs/job/chosen-image.js';
import type { AssignedPort } from '#domain/jobs/job/task-port.js';
import type { Task } from '#domain/jobs/job/specification.js';
import type { RegistryCredential } from '#domain/services/registry/index.js';
import type { NodeAttributes } from '#domain/kernel/resources.js';
import type { LogQuery } from '#domain/protocol/agent-channel.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { TextBlobs } from '#domain/kernel/ports/text-blobs.js';
import type { ReportedUsage, UsagePoint } from '#domain/protocol/index.js';
import type { DiskLimits } from './disk-watch.js';
import type { TaskReach } from '../checks/reach.js';
import type { AgentLog } from '../log.js';
import type { LogBounds } from '../logs/rotated-log.js';
import type { TenantUsers } from '../users/tenant-users.js';
import type { CondaSettings } from './conda/settings.js';

export interface TaskSpec<Config = unknown> {
  readonly nodeId: string;
  readonly epoch: number | null;
  readonly allocationId: string;
  readonly jobId: string;
  readonly group: string;
  readonly task: Omit<Task, 'config'>;
  readonly config: Config;
  /** GPUs reserved for this task. */
  readonly gpuDevices: readonly number[];
  readonly gpuNames?: readonly string[];
  /** Container ports and the node ports that the scheduler chose for them. */
  readonly assignedPorts?: readonly AssignedPort[];
  readonly chosenImage?: ChosenImage | undefined;
  readonly imageOwner?: string | undefined;
  /** Tenant whose network the container joins. Default: the daemon's default network. */
  readonly networkOwner?: string | undefined;
  /** Returns the owner's credential for a registry, and may wait for a server to send it. Absent: pull anonymously. */
  readonly credential?: (host: string) => Promise<RegistryCredential | undefined>;
  readonly directory: string;
}

export interface TaskExit {
  /** Null if it cannot be determined. 128 + n after signal n. */
  readonly exitCode: number | null;
  readonly endTime: number;
  readonly outOfMemory: boolean;
  /** An explanation that the exit code does not give. */
  readonly problem?: string;
  /** The task did not end by itself: its machine or Docker daemon did, as `problem` explains. */
  readonly interrupted?: true;
  readonly usage?: ReportedUsage;
  readonly result?: Readonly<Record<string, unknown>>;
}

export interface StartedTask {
  readonly startTime: number;
  readonly containerId?: string;
  readonly imageDigest?: string;
  readonly reach?: TaskReach;
  readonly endsWithAgent?: boolean;
  /** Resolves when the task has ended. Never rejects. */
  readonly exit: Promise<TaskExit>;
  /** Sends SIGTERM, then SIGKILL after `killTimeoutMs`. Resolves when the task has ended. */
  stop(killTimeoutMs: number): Promise<void>;
  sample(): Promise<void>;
  usage(): ReportedUsage;
  /** Usage of the last hour, oldest first. Absent for tasks without resources of their own. */
  usageHistory?(): readonly UsagePoint[];
  /** Frees what the host holds for an ended task (container, cgroup). Logs stay. Can be repeated. */
  release(): Promise<void>;
}

/** Thrown if a task cannot be started. The message is shown to the user. */
export class TaskStartError extends Error {
  override readonly name = 'TaskStartError';
}

/** Runs tasks of one kind. No operation may start a task twice, whatever was killed in between. */
export interface TaskDriver<Config = unknown> {
  /** Returns node attributes, or undefined while the node lacks what the driver needs. Called repeatedly. */
  fingerprint(): Promise<NodeAttributes | undefined>;
  /** Fetches what the start needs, such as an image, which may take minutes. Rejects early when the signal aborts. */
  prepare(spec: TaskSpec<Config>, signal: AbortSignal): Promise<void>;
  /** Starts the task, or takes it over if an earlier agent started it. */
  start(spec: TaskSpec<Config>, signal: AbortSignal): Promise<StartedTask>;
  /** Takes over the task if it was ever started. `abandon`: if it was not, guarantees that it never will be. */
  adopt(spec: TaskSpec<Config>, abandon: boolean): Promise<StartedTask | undefined>;
  /** Reads one stream of the log, also after the task's end. With `follow` it goes on until `ended()` returns true. */
  logs(
    spec: TaskSpec<Config>,
    query: LogQuery,
    ended: () => boolean,
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array>;
  removeVolume?(name: string): Promise<boolean>;
  run(isKnown: (allocationId: string) => boolean, signal: AbortSignal): Promise<void>;
}

export interface DriverHost {
  readonly nodeId: string;
  readonly directory: string;
  readonly publishHost: string;
  readonly dockerSocket?: string | undefined;
  readonly tasksEndWithAgent?: boolean | undefined;
  readonly logBounds?: LogBounds | undefined;
  readonly maxProcesses?: number | undefined;
  readonly diskLimits?: DiskLimits | undefined;
  readonly volumeBytes?: number | undefined;
  readonly users: TenantUsers;
  /** Whether tenants' processes get their own mount and IPC namespaces. Default: `shared`. */
  readonly namespaces?: 'own' | 'shared' | undefined;
  /** Addresses outside the Internet that HTTP tasks may call (`MUSTER_HTTP_ALLOW`), and Muster's own parts, which they may never call. */
  readonly calls: {
    readonly allowed: string;
    readonly registries: string;
    readonly own: () => readonly string[];
  };
  readonly conda: CondaSettings;
  /** Texts that orders refer to by hash. Reads wait until a server answers. */
  readonly documents: TextBlobs;
  readonly clock: Clock;
  readonly log: AgentLog;
  readonly life: AbortSignal;
}

/** The declaration of a driver: a folder whose `index.ts` exports one, and a line in `list.ts`. */
export interface DriverModule<Config = unknown> {
  readonly definition: DriverDefinition<Config>;
  /** What the node must have, in words for its operator. */
  readonly needs: string;
  /** Resources that the driver enforces for each task. The scheduler only accounts for the others. */
  readonly limits: readonly string[];
  open(host: DriverHost): Promise<TaskDriver<Config>>;
}
