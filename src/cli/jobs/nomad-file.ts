import { describeIssues } from '#domain/kernel/errors/index.js';
import { taskGroups } from '#domain/jobs/job/specification.js';
import { problemLine, type MappedJob } from '#domain/nomad/index.js';
import { contractGroupOf } from '#domain/protocol/index.js';
import { readJobFile, readJobFilePart } from '#src/engine/job-files/index.js';
import type { Cluster } from '../shared/client.js';
import { refuseFile } from '../files/refused-file.js';

/** Converts a Nomad job file (HCL or JSON) to a submission. Throws a {@link Failure} that lists all problems with line and column. */
export async function readNomadJob(text: string, file: string): Promise<Cluster['JobSubmission']> {
  const reading = await readJobFile(text, { defaults: true });
  if ('problems' in reading)
    return refuseFile(
      file,
      reading.problems.map((each) => problemLine(file, each)),
    );
  return submissionOf(file, reading.job);
}

/** Converts what has a counterpart. `leftOut` has a line for everything else. */
export async function convertNomadJob(
  text: string,
  file: string,
): Promise<{ readonly job: Cluster['JobSubmission']; readonly leftOut: readonly string[] }> {
  const { job, problems } = await readJobFilePart(text, { defaults: true });
  const leftOut = problems.map((each) => problemLine(file, each));
  return job === undefined ? refuseFile(file, leftOut) : { job: submissionOf(file, job), leftOut };
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
