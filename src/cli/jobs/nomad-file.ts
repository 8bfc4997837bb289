import { describeIssues } from '#domain/kernel/errors/index.js';
import { taskGroups } from '#domain/jobs/job/specification.js';
import { problemLine, type JobFileProblem, type MappedJob } from '#domain/nomad/index.js';
import { contractGroupOf } from '#domain/protocol/index.js';
import { readJobFilePart } from '#src/features/job-files/index.js';
import type { Cluster } from '../shared/client.js';
import { warnLine } from '../shared/output.js';
import { refuseFile } from '../files/refused-file.js';

/**
 * Converts a Nomad job file (HCL or JSON) to a submission, and lists on standard error its fields that change nothing in Muster. Throws a
 * {@link Failure} that lists all other fields without a counterpart, with line and column.
 */
export async function readNomadJob(text: string, file: string): Promise<Cluster['JobSubmission']> {
  const { job, problems } = await readJobFilePart(text, { defaults: true });
  const refused = problems.filter(({ isHarmless }) => isHarmless !== true);
  if (job === undefined || refused.length > 0) return refuseFile(file, linesOf(file, refused));
  return withNotes(submissionOf(file, job), linesOf(file, problems));
}

/** Converts what has a counterpart, and lists on standard error everything else. */
export async function convertNomadJob(text: string, file: string): Promise<Cluster['JobSubmission']> {
  const { job, problems } = await readJobFilePart(text, { defaults: true });
  const leftOut = linesOf(file, problems);
  return job === undefined ? refuseFile(file, leftOut) : withNotes(submissionOf(file, job), leftOut);
}

function withNotes<Job>(job: Job, leftOut: readonly string[]): Job {
  if (leftOut.length > 0) warnLine(['left out:', ...leftOut].join('\n'));
  return job;
}

function linesOf(file: string, problems: readonly JobFileProblem[]): readonly string[] {
  return problems.map((each) => problemLine(file, each));
}

function submissionOf(file: string, { job_id, task_groups, ...rest }: MappedJob): Cluster['JobSubmission'] {
  const groups = taskGroups.safeParse(task_groups);
  if (!groups.success)
    return refuseFile(
      file,
      describeIssues(groups.error.issues).map(
        ({ field, problem }) => `${file}: ${field === undefined ? '' : `group${field}: `}${problem}`,
      ),
    );
  return { job_id, task_groups: groups.data.map(contractGroupOf), ...rest } as Cluster['JobSubmission'];
}
