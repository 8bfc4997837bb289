import type { JobArchive } from './archive.js';
import type { JobDeploymentReason } from './deployment.js';
import type { JobOwner } from './events.js';
import type { JobSpecification } from './specification.js';

const ENDED = '~ended.';

/** Commands of a job. The caller creates the evaluation id, so a retry has the same id. */
export type JobCommand =
  | {
      readonly kind: 'submit';
      readonly jobId: string;
      readonly evaluationId: string;
      readonly specification: JobSpecification;
      readonly owner?: JobOwner;
      readonly completeVersion?: number;
      readonly fulfilled?: readonly string[];
    }
  /** Creates an owner's job once. An existing or deleted job is not changed. */
  | {
      readonly kind: 'begin';
      readonly jobId: string;
      readonly evaluationId: string;
      readonly specification: JobSpecification;
      readonly owner: JobOwner;
    }
  /**
   * Changes an existing job, and starts a dead one again. `completeVersion`: the version that is complete according to the plan log, which the job's
   * own stream does not record. Instances that ran to success are kept if it is the current version. `fulfilled`: the groups
   * whose instances run on nodes that fulfil the new constraints. `instead`: only if that evaluation created the job's current version.
   * `unlessStopped`: only if no user stopped it.
   */
  | {
      readonly kind: 'update';
      readonly jobId: string;
      readonly evaluationId: string;
      readonly specification: JobSpecification;
      readonly completeVersion?: number;
      readonly fulfilled?: readonly string[];
      readonly instead?: string;
      readonly unlessStopped?: true;
    }
  /** Restores an earlier version. `former`: that version as found in the stream, or absent if there is none. */
  | {
      readonly kind: 'revert';
      readonly jobId: string;
      readonly evaluationId: string;
      readonly version: number;
      readonly former?: JobSpecification | undefined;
      readonly completeVersion?: number;
      readonly fulfilled?: readonly string[];
    }
  /** Changes the count of a group. The rest of the current specification stays. `group` may be absent if there is only one. */
  | {
      readonly kind: 'scale';
      readonly jobId: string;
      readonly evaluationId: string;
      readonly group?: string;
      readonly count: number;
      readonly completeVersion?: number;
    }
  | { readonly kind: 'stop'; readonly jobId: string; readonly evaluationId: string }
  | {
      readonly kind: 'restart';
      readonly jobId: string;
      readonly evaluationId: string;
      /** The version that has ended according to the plan log. The job's own stream does not record this. */
      readonly endedVersion?: number;
    }
  | { readonly kind: 'delete'; readonly jobId: string; readonly evaluationId: string }
  /** Ends a job whose own stream was deleted or truncated. Decided in another stream ({@link endedJobId}). */
  | {
      readonly kind: 'endWithoutStream';
      readonly as: 'stop' | 'delete';
      readonly jobId: string;
      readonly evaluationId: string;
    }
  /** Removes the job from the read models, but only if its current version is the one that ended. */
  | { readonly kind: 'archive'; readonly archive: JobArchive }
  | {
      readonly kind: 'advanceDeployment';
      readonly jobId: string;
      readonly version: number;
      readonly healthy: readonly { readonly name: string; readonly healthy: number }[];
    }
  | {
      readonly kind: 'settleDeployment';
      readonly jobId: string;
      readonly version: number;
      readonly outcome: 'completed' | 'failed';
      readonly reason: JobDeploymentReason;
      readonly failed?: string;
      readonly former?: JobSpecification | undefined;
      readonly evaluationId: string;
    };

/**
 * Returns the id under which the end of a version is recorded whose own stream cannot be read or appended to. No job has an id with `~`. Folds find the
 * job in the data of the event.
 */
export function endedJobId(jobId: string, version: number): string {
  return `${jobId}${ENDED}${version}`;
}

/** Returns the id of the job that a stream is about. @param id from the name of a job's stream */
export function jobIdOf(id: string): string {
  return id.split(ENDED, 1)[0]!;
}
