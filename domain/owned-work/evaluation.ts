import { UuidNamespace } from '../name-uuid.js';

const EVALUATIONS = new UuidNamespace('5d3c2a41-8f0e-5b6a-9c7d-2e1f4a6b8c90');

/** What an owner asks of its job, named: to be what a version says, to stop, to be forgotten. */
export type Asked = { readonly to: 'be'; readonly version: string | undefined } | { readonly to: 'stop' | 'forget' };

/**
 * The evaluation id of what an owner asks. It follows from the job and from what is asked, so that it is the same no matter who asks and
 * however often; and a job's newest one tells which version it was made from.
 */
export function evaluationOf(jobId: string, asked: Asked): string {
  return EVALUATIONS.of(JSON.stringify(asked.to === 'be' ? [jobId, asked.to, asked.version ?? ''] : [jobId, asked.to]));
}
