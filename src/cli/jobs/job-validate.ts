import { readJob } from './job-file.js';
import { parseFormat, printFields, printJson } from '../shared/output.js';

export interface ValidateOptions {
  readonly output: string;
}

export async function validateJob(file: string, { output }: ValidateOptions): Promise<void> {
  const format = parseFormat(output);
  const job = await readJob(file);
  if (format === 'json') return printJson(job);
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
