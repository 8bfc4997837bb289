import { describeIssues } from '#domain/kernel/errors/index.js';
import { taskGroups } from '#domain/jobs/job/specification.js';
import { problemLine } from '#domain/nomad/index.js';
import { contractGroupOf } from '#domain/protocol/index.js';
import { readJobFile } from '#src/engine/job-files/index.js';
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
  const { job_id, task_groups, ...rest } = reading.job;
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
