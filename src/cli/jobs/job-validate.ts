import { issueLines } from '#domain/kernel/errors/index.js';
import { identifier } from '#domain/kernel/identifier.js';
import { contractJob, groupOfContract } from '#domain/protocol/index.js';
import { refusedConstraint } from '#domain/scheduling/index.js';
import { readJob } from './job-file.js';
import { parseFormat, printFields, printJson } from '../shared/output.js';
import { refuseFile } from '../shared/refused-file.js';

export interface ValidateOptions {
  readonly output: string;
}

const submission = contractJob.extend({ job_id: identifier.optional() });

export async function validateJob(file: string, { output }: ValidateOptions): Promise<void> {
  const format = parseFormat(output);
  const sent = await readJob(file);
  const { data: job, error } = submission.safeParse(sent);
  if (job === undefined) return refuseFile(file, issueLines(file, error.issues));
  const refused = refusedConstraint({ ...job, task_groups: job.task_groups.map(groupOfContract) });
  if (refused !== undefined) return refuseFile(file, [`${file}: ${refused.field}: ${refused.problem}`]);
  if (format === 'json') return printJson(sent);
  printFields([
    ['File', `${file} is valid`],
    ['Job', job.job_id ?? 'a new id'],
    [
      'Groups',
      job.task_groups
        .map(
          ({ name, count = 1, tasks }) => `${name} (${count}): ${tasks.map((task) => task.name).join(', ')}`,
        )
        .join('; '),
    ],
  ]);
}
