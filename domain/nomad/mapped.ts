import type { TaskCheck } from '../jobs/job/check.js';
import type { TaskVolume } from '../jobs/job/volume.js';
import type { ReschedulePolicy, RestartPolicy } from '../jobs/job/restart.js';
import type { Constraint, Resources } from '../jobs/job/specification.js';

export interface MappedJob {
  readonly job_id: string;
  readonly task_groups: readonly MappedGroup[];
  readonly priority?: number;
}

export interface MappedGroup {
  readonly name: string;
  readonly count?: number;
  readonly constraints?: readonly Constraint[];
  readonly restart?: RestartPolicy;
  readonly reschedule?: ReschedulePolicy;
  readonly update?: MappedUpdate;
  readonly tasks: readonly MappedTask[];
}

export interface MappedUpdate {
  readonly max_parallel?: number;
  readonly min_healthy_seconds?: number;
  readonly progress_deadline_seconds?: number;
  readonly auto_revert?: boolean;
}

export interface MappedTask {
  readonly name: string;
  readonly driver: 'docker' | 'exec';
  readonly config: Readonly<Record<string, string | boolean | number | readonly string[]>>;
  readonly ports?: readonly MappedPort[];
  readonly env?: Readonly<Record<string, string>>;
  readonly resources?: Resources;
  readonly kill_timeout?: number;
  readonly volumes?: readonly TaskVolume[];
  readonly checks?: readonly TaskCheck[];
}

/** A host port, or `dynamic` if the scheduler assigns it. */
export type MappedPort =
  | { readonly host: number; readonly container?: number }
  | { readonly container: number; readonly dynamic: true };
