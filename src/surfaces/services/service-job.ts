import { problemLine, type MappedJob } from '#domain/nomad-job/index.js';
import type { ServiceTemplateContent } from '#domain/service-template/index.js';
import { readJobFile } from '#src/engine/job-files/index.js';

/** A job file as a job, with `{{VAR}}` in its texts still; or all that stands against it, a line each, with line and column. */
export type ServiceJob = { readonly job: MappedJob } | { readonly problem: string };

/**
 * What `nomad_job_file` says: the name of a stored job file of the template, or the text of one. Services run on docker alone: a
 * task of another driver is a problem, and so is more than one group or task.
 */
export async function serviceJobOf(nomadJobFile: string, template?: Pick<ServiceTemplateContent, 'jobFiles'>): Promise<ServiceJob> {
  const { jobFiles = {} } = template ?? {};
  const stored = Object.hasOwn(jobFiles, nomadJobFile) ? jobFiles[nomadJobFile] : undefined;
  const name = stored === undefined ? 'nomad_job_file' : nomadJobFile;
  const reading = await readJobFile(stored ?? nomadJobFile, { drivers: ['docker'], variables: true });
  if ('problems' in reading) return { problem: reading.problems.map((each) => problemLine(name, each)).join('; ') };
  const { job } = reading;
  if (job.task_groups.length !== 1 || job.task_groups[0]?.tasks.length !== 1) return { problem: `${name}: a service is one group of one task` };
  return { job };
}
