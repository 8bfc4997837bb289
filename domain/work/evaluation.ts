import { UuidNamespace } from '../kernel/name-uuid.js';

const EVALUATIONS = new UuidNamespace('5d3c2a41-8f0e-5b6a-9c7d-2e1f4a6b8c90');

/** What an owner requests of its job: to match a version, to stop, or to be forgotten. */
export type JobRequest =
  { readonly to: 'be'; readonly version: string | undefined } | { readonly to: 'stop' | 'forget' };

/**
 * Derives the evaluation id from the job and the request, so that repeated requests have the same id, and a job's latest evaluation identifies the
 * version from which the job was made.
 */
export function evaluationOf(jobId: string, asked: JobRequest): string {
  const version = asked.to === 'be' ? (asked.version ?? '') : undefined;
  const { newest } = MADE;
  if (newest.jobId === jobId && newest.to === asked.to && newest.version === version) return newest.id;
  const id = EVALUATIONS.of(
    JSON.stringify(version === undefined ? [jobId, asked.to] : [jobId, asked.to, version]),
  );
  MADE.newest = { jobId, to: asked.to, version, id };
  return id;
}

interface Made {
  readonly jobId: string;
  readonly to: JobRequest['to'];
  readonly version: string | undefined;
  readonly id: string;
}

/** Caches the last id, because an item requests the same id several times in a row, and computing it requires a digest. */
const MADE: { newest: Made } = { newest: { jobId: '', to: 'forget', version: undefined, id: '' } };
