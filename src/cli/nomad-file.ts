import { issueInWords } from '#domain/errors/index.js';
import { taskGroups } from '#domain/job/specification.js';
import { problemLine } from '#domain/nomad-job/index.js';
import { contractGroupOf } from '#domain/protocol/index.js';
import { readJobFile } from '#src/engine/job-files/index.js';
import type { Cluster } from './client.js';
import { refuseFile } from './refused-file.js';

/** A job file of Nomad, HCL or JSON, as what is submitted. Throws a Failure that names each problem with line and column. */
export async function readNomadJob(text: string, file: string): Promise<Cluster['JobSubmission']> {
  const reading = await readJobFile(text, { defaults: true });
  if ('problems' in reading)
    return refuseFile(
      file,
      reading.problems.map((each) => problemLine(file, each)),
    );
  const { job_id, task_groups, ...rest } = reading.job;
  const groups = taskGroups.safeParse(task_groups);
  if (!groups.success) {
    const { field, problem } = issueInWords(groups.error.issues);
    return refuseFile(file, [`${file}: ${field === undefined ? '' : `group${field}: `}${problem}`]);
  }
  // What is undefined is not written.
  return { job_id, task_groups: groups.data.map(contractGroupOf), ...rest } as Cluster['JobSubmission'];
}
