import { assertNever } from '../kernel/errors/index.js';
import { evaluationOf } from './evaluation.js';

export type DesiredJob =
  /**
   * The job should exist. `version` names its content: a job made from a different version is updated. If it is absent, an existing job is left
   * unchanged. `alias` is another name for the same content.
   */
  | { readonly kind: 'run'; readonly version?: string; readonly alias?: string }
  | { readonly kind: 'over' }
  | { readonly kind: 'gone' };

export interface JobProgress {
  readonly job: 'none' | 'begun' | 'stopped' | 'forgotten';
  readonly asked: string | null;
  readonly ended: boolean;
}

export type WorkStep = 'begin' | 'update' | 'stop' | 'forget';

/**
 * Returns the next step, or undefined if there is none. It is evaluated twice: on the read model to find due items, and on the streams before acting.
 * A forgotten job is never started again, and a job that still has something to stop is not forgotten.
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

/** Returns whether the evaluation `asked` made the job from the wanted version, under either of its names. */
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
