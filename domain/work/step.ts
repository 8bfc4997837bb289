import { assertNever } from '../kernel/errors/index.js';
import { evaluationOf } from './evaluation.js';

export type DesiredJob =
  /**
   * The job should exist. `version` names its content: a job made from another version is updated; absent: an existing
   * job stays as it is. `alias`: another name of the same content.
   */
  | { readonly kind: 'run'; readonly version?: string; readonly alias?: string }
  /** The work is over: the job is stopped but stays visible. */
  | { readonly kind: 'over' }
  /** The job is forgotten; its history stays. */
  | { readonly kind: 'gone' };

export interface JobProgress {
  /** `stopped`: a stop was requested. */
  readonly job: 'none' | 'begun' | 'stopped' | 'forgotten';
  /** Evaluation id of the newest request; null: none. */
  readonly asked: string | null;
  readonly ended: boolean;
}

export type WorkStep = 'begin' | 'update' | 'stop' | 'forget';

/**
 * Returns the next step, or undefined. It is evaluated twice: on the read model to find due items, and on the streams
 * before acting. A forgotten job is never started again, and one that still has something to stop is not forgotten.
 */
export function stepOf(
  jobId: string,
  want: DesiredJob,
  { job, asked, ended }: JobProgress,
): WorkStep | undefined {
  switch (want.kind) {
    case 'run':
      if (job === 'none') return 'begin';
      if (job === 'forgotten' || want.version === undefined) return undefined;
      return isMadeFrom(jobId, asked, { version: want.version, alias: want.alias }) ? undefined : 'update';
    case 'over':
      return job === 'begun' && !ended ? 'stop' : undefined;
    case 'gone':
      if (job === 'none' || job === 'forgotten') return undefined;
      if (ended) return 'forget';
      return job === 'begun' ? 'stop' : undefined;
    default:
      return assertNever(want);
  }
}

/** Returns whether the evaluation `asked` made the job from the wanted version, under either name. */
export function isMadeFrom(
  jobId: string,
  asked: string | null,
  { version, alias }: { readonly version: string; readonly alias?: string | undefined },
): boolean {
  if (asked === evaluationOf(jobId, { to: 'be', version })) return true;
  return (
    alias !== undefined && alias !== version && asked === evaluationOf(jobId, { to: 'be', version: alias })
  );
}
