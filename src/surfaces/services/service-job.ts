import { problemLine, type MappedJob } from '#domain/nomad/index.js';
import type { ServiceTemplateContent } from '#domain/services/template/index.js';
import { readJobFile } from '#src/features/job-files/index.js';

export type ServiceJob = { readonly job: MappedJob } | { readonly problem: string };

/** Reads `nomad_job_file`: the name of a job file of the template, or a job file itself. Only one group with one docker task is allowed. */
export async function serviceJobOf(
  nomadJobFile: string,
  template?: Pick<ServiceTemplateContent, 'jobFiles'>,
): Promise<ServiceJob> {
  const { jobFiles = {} } = template ?? {};
  const stored = Object.hasOwn(jobFiles, nomadJobFile) ? jobFiles[nomadJobFile] : undefined;
  const name = stored === undefined ? 'nomad_job_file' : nomadJobFile;
  const reading = await readJobFile(stored ?? nomadJobFile, { drivers: ['docker'], variables: true });
  if ('problems' in reading)
    return { problem: reading.problems.map((each) => problemLine(name, each)).join('; ') };
  const { job } = reading;
  if (job.task_groups.length !== 1 || job.task_groups[0]?.tasks.length !== 1)
    return { problem: `${name}: a service must have exactly one group with one task` };
  return { job };
}
