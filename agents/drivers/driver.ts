import type { DriverDefinition } from '#domain/drivers/index.js';
import type { ChosenImage } from '#domain/job/chosen-image.js';
import type { AssignedPort } from '#domain/job/task-port.js';
import type { Task } from '#domain/job/specification.js';
import type { RegistryCredential } from '#domain/image-registry/index.js';
import type { NodeAttributes } from '#domain/resources.js';
import type { LogQuery } from '#domain/ports/agent-channel.js';
import type { Clock } from '#domain/ports/clock.js';
import type { KeptDocuments } from '#domain/ports/kept-documents.js';
import type { ReportedUsage, UsagePoint } from '#domain/protocol/index.js';
import type { DiskLimits } from './disk-watch.js';
import type { TaskReach } from '../checks/reach.js';
import type { AgentLog } from '../log.js';
import type { LogBounds } from '../logs/rotated-log.js';
import type { TenantUsers } from '../users/tenant-users.js';
import type { CondaSettings } from './conda/settings.js';

/** One task of one allocation, as a driver is given it. */
export interface TaskSpec<Config = unknown> {
  readonly nodeId: string;
  readonly epoch: number | null;
  readonly allocationId: string;
  readonly jobId: string;
  readonly group: string;
  readonly task: Omit<Task, 'config'>;
  /** What the driver is told of it, as the driver's schema takes it. */
  readonly config: Config;
  /** Numbers of the GPU devices that are the task's own. */
  readonly gpuDevices: readonly number[];
  /** The same as NVIDIA's tools name them: by the cards' ids, where these are known. Absent: by number. */
  readonly gpuNames?: readonly string[];
  /** Ports of its container, and those of the node that the scheduler chose for them; absent: none. */
  readonly assignedPorts?: readonly AssignedPort[];
  /** Which image it is begun from, where its reference alone does not say it. */
  readonly chosenImage?: ChosenImage | undefined;
  /** Whose images it runs; absent: nobody says. */
  readonly imageOwner?: string | undefined;
  /** Whose network its container is on; absent: the daemon's default one. */
  readonly networkOwner?: string | undefined;
  /** With what its owner pulls images of a registry; it may have to come from a server first. Absent: with nothing. */
  readonly credential?: (host: string) => Promise<RegistryCredential | undefined>;
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
  /** It did not end by itself: what it ran in ended, as a machine or a Docker daemon does. `problem` says what. */
  readonly interrupted?: true;
  readonly usage?: ReportedUsage;
  /** What it gave back, where the driver's definition says that its tasks do. */
  readonly result?: Readonly<Record<string, unknown>>;
}

/** A task that was started, by this agent or by the one before it. */
export interface StartedTask {
  /** Unix seconds. */
  readonly startTime: number;
  /** Of the container that it runs in, where it runs in one. */
  readonly containerId?: string;
  /** The image that it was started from: `repository@sha256:…`, or its id. */
  readonly imageDigest?: string;
  /** How its checks ask it; absent: it cannot be checked. */
  readonly reach?: TaskReach;
  /** It ends when its agent does, as they are in one container. Absent: it outlives its agent. */
  readonly endsWithAgent?: boolean;
  /** Resolves when the task has ended, at once where it has already. Never rejects. */
  readonly exit: Promise<TaskExit>;
  /** SIGTERM, then SIGKILL after `killTimeoutMs`. Resolves when the task has ended. */
  stop(killTimeoutMs: number): Promise<void>;
  /** Takes a measurement of what it uses now. */
  sample(): Promise<void>;
  /** What it used so far, as far as it was measured. */
  usage(): ReportedUsage;
  /** What it used over the last hour, oldest first. Absent: nothing is its own. */
  usageHistory?(): readonly UsagePoint[];
  /** Lets go of what the host holds for an ended task (container, cgroup); its logs stay on disk. Repeatable. */
  release(): Promise<void>;
}

/** Thrown by a driver that cannot start a task; the message says why, for the user. */
export class TaskStartError extends Error {
  override readonly name = 'TaskStartError';
}

/** One way to run a task. Nothing a driver does starts a task twice, whatever was killed in between. */
export interface TaskDriver<Config = unknown> {
  /** What the node's attributes say of it; undefined where the node does not have now what the driver needs. Asked again and again. */
  fingerprint(): Promise<NodeAttributes | undefined>;
  /** Fetches what the start needs (an image). May take minutes; ends early, with any error, when the signal aborts. */
  prepare(spec: TaskSpec<Config>, signal: AbortSignal): Promise<void>;
  /** Starts the task, or takes over the one that an agent before has started. */
  start(spec: TaskSpec<Config>, signal: AbortSignal): Promise<StartedTask>;
  /** Takes over the task if it was ever started, running or ended. `abandon`: and if it was not, it never will be. */
  adopt(spec: TaskSpec<Config>, abandon: boolean): Promise<StartedTask | undefined>;
  /** Bytes of one stream of its log, also after its end. With `follow` until `ended()`, which says whether the task has ended. */
  logs(spec: TaskSpec<Config>, query: LogQuery, ended: () => boolean, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Removes a named volume; whether it is gone. Absent: tasks of the driver have none. Throws where nobody can say. */
  removeVolume?(name: string): Promise<boolean>;
  /** What the driver does besides its tasks (rotation, removal of strays), until the signal aborts. `isKnown` names allocations that are the agent's. */
  run(isKnown: (allocationId: string) => boolean, signal: AbortSignal): Promise<void>;
}

/** What an agent gives a driver to work with. */
export interface DriverHost {
  readonly nodeId: string;
  /** The agent's own directory. */
  readonly directory: string;
  /** Host address that ports of tasks are published on. */
  readonly publishHost: string;
  /** Path of Docker's socket; absent: DOCKER_HOST, else Docker's default. */
  readonly dockerSocket?: string | undefined;
  /** Processes that the agent starts end when it does. Absent: they outlive it. */
  readonly tasksEndWithAgent?: boolean | undefined;
  /** Rotation of tasks' logs. */
  readonly logBounds?: LogBounds | undefined;
  /** Processes and threads that a tenant's task may have at once; absent: the default. */
  readonly mostProcesses?: number | undefined;
  /** What a tenant's task may have on the disk; absent: the default. */
  readonly diskLimits?: DiskLimits | undefined;
  /** Bytes that each named volume of a tenant may have; absent: the default. */
  readonly volumeBytes?: number | undefined;
  /** As whom tenants' processes run. */
  readonly users: TenantUsers;
  /** Whether tenants' processes have mount and IPC namespaces of their own; absent: they share the host's. */
  readonly namespaces?: 'own' | 'shared' | undefined;
  /** What HTTP calls of tasks may reach beyond the Internet (`MUSTER_HTTP_ALLOW`), and URLs or `host:port` of Muster's own parts, which they never reach. */
  readonly calls: {
    readonly allowed: string;
    /** What registries of images may be at in addition (`MUSTER_REGISTRY_ALLOW`). */
    readonly registries: string;
    readonly own: () => readonly string[];
  };
  /** What an operator says of conda environments. */
  readonly conda: CondaSettings;
  /** What orders name by its hash. While no server answers a text is waited for. */
  readonly documents: KeptDocuments;
  readonly clock: Clock;
  readonly log: AgentLog;
  /** Aborts when the agent ends. Tasks go on. */
  readonly life: AbortSignal;
}

/** A driver as it declares itself: a folder with an `index.ts` that exports one, and a line in the list (`list.ts`). */
export interface DriverRoom<Config = unknown> {
  /** Its name, and what its tasks' `config` must be. */
  readonly definition: DriverDefinition<Config>;
  /** What a node must have for it, in words for its operator. */
  readonly needs: string;
  /** The resources that it holds each task to. Of others only their sum on the node is kept, by the scheduler. */
  readonly limits: readonly string[];
  open(host: DriverHost): Promise<TaskDriver<Config>>;
}
