import { assertNever } from '../errors/index.js';
import { evaluationOf } from './evaluation.js';

/** What a stream wants of the job of one of its items. */
export type DesiredJob =
  /**
   * It is to be there. `version` names what it is to be: a job that was made from another one is changed. Absent: what was begun
   * stays as it is. `alias`: another name of the same; a job made from it is not changed.
   */
  | { readonly kind: 'run'; readonly version?: string; readonly alias?: string }
  /** It is over: what runs is stopped, and the job can still be looked at. */
  | { readonly kind: 'over' }
  /** It is over, and its job is not to be seen any more; the history stays. */
  | { readonly kind: 'gone' };

/** How the job of an item is. */
export interface JobProgress {
  /** `stopped`: asked to stop. */
  readonly job: 'none' | 'begun' | 'stopped' | 'forgotten';
  /** Evaluation id of the event that says what it is to be; null: there is none. */
  readonly asked: string | null;
  /** Nothing of it is left to place, to run or to stop. */
  readonly ended: boolean;
}

export type WorkStep = 'begin' | 'update' | 'stop' | 'forget';

/**
 * What has to follow; undefined: nothing. It is asked twice: of what a read model shows, to find what is due, and of the streams
 * themselves before anything is done. A job that was forgotten is not begun again, and one that still has something to stop is not forgotten.
 */
export function stepOf(jobId: string, want: DesiredJob, { job, asked, ended }: JobProgress): WorkStep | undefined {
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

/** Whether a job that the evaluation `asked` made is what is wanted, under either name. */
export function isMadeFrom(
  jobId: string,
  asked: string | null,
  { version, alias }: { readonly version: string; readonly alias?: string | undefined },
): boolean {
  if (asked === evaluationOf(jobId, { to: 'be', version })) return true;
  return alias !== undefined && alias !== version && asked === evaluationOf(jobId, { to: 'be', version: alias });
}
