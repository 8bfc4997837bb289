import { UuidNamespace } from '../name-uuid.js';

const EVALUATIONS = new UuidNamespace('5d3c2a41-8f0e-5b6a-9c7d-2e1f4a6b8c90');

/** What an owner asks of its job, named: to be what a version says, to stop, to be forgotten. */
export type JobRequest = { readonly to: 'be'; readonly version: string | undefined } | { readonly to: 'stop' | 'forget' };

/**
 * The evaluation id of what an owner asks. It follows from the job and from what is asked, so that it is the same no matter who asks and
 * however often; and a job's newest one tells which version it was made from.
 */
export function evaluationOf(jobId: string, asked: JobRequest): string {
  const version = asked.to === 'be' ? (asked.version ?? '') : undefined;
  const { newest } = MADE;
  if (newest.jobId === jobId && newest.to === asked.to && newest.version === version) return newest.id;
  const id = EVALUATIONS.of(JSON.stringify(version === undefined ? [jobId, asked.to] : [jobId, asked.to, version]));
  MADE.newest = { jobId, to: asked.to, version, id };
  return id;
}

interface Made {
  readonly jobId: string;
  readonly to: JobRequest['to'];
  readonly version: string | undefined;
  readonly id: string;
}

/** The one that was made last: a look at an item asks for the same one several times in a row, and each is a digest. */
const MADE: { newest: Made } = { newest: { jobId: '', to: 'forget', version: undefined, id: '' } };
