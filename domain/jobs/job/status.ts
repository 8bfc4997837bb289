import type { AllocationStatusWord } from './allocation-status.js';

export type JobStatus =
  'dead' | 'complete' | 'running' | 'degraded' | 'lost' | 'failed' | 'blocked' | 'pending';

export interface SlotFacts {
  readonly status: AllocationStatusWord;
  readonly final: boolean;
}

export interface JobFacts {
  readonly stopped: boolean;
  readonly outcome: 'complete' | 'failed' | 'stopped' | 'deleted' | null;
  /** Whether a group cannot be placed. */
  readonly blocked: boolean;
  readonly slots: Iterable<readonly (SlotFacts | null)[]>;
}

/**
 * Returns the first status in the table of design.md that applies. `failed` means that all slots have ended, at least one of them unsuccessfully, and
 * nothing is left to run or retry.
 */
export function jobStatus(job: JobFacts): JobStatus {
  if (job.stopped) return 'dead';
  if (job.outcome === 'complete' || job.outcome === 'failed') return job.outcome;
  let slots = 0;
  let running = 0;
  let complete = 0;
  let failed = 0;
  let lost = 0;
  for (const group of job.slots) {
    for (const slot of group) {
      slots += 1;
      if (slot === null) continue;
      if (slot.status === 'running') running += 1;
      else if (slot.status === 'complete') complete += 1;
      else if (slot.final) failed += 1;
      else if (slot.status === 'lost') lost += 1;
    }
  }
  if (slots > 0 && complete === slots) return 'complete';
  if (running > 0) return running + complete === slots ? 'running' : 'degraded';
  if (lost > 0) return 'lost';
  if (failed > 0 && failed + complete === slots) return 'failed';
  return job.blocked ? 'blocked' : 'pending';
}
