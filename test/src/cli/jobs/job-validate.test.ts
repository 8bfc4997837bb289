import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { validateJob } from '#src/cli/jobs/job-validate.js';
import { ownFolder } from '../../../fixtures/folder.js';

void t.test('all mistakes of a job file are listed', async (t) => {
  const file = join(ownFolder(t), 'job.yaml');
  await writeFile(
    file,
    'task_groups:\n  - name: g\n    count: "2"\n    colour: red\n    size: 1\n    tasks:\n      - name: t\n        config: {comand: date}\n        resources: {cpu: 0.5, memory: 512Mi}\n',
  );
  const problems = await validateJob(file, { output: 'table' }).then(
    () => '',
    (error: unknown) => String(error),
  );
  for (const part of [
    'has 7 problems',
    'task_groups[0].count: expected number, received string',
    'task_groups[0].colour: is not a known key',
    'task_groups[0].size: is not a known key',
    'task_groups[0].tasks[0].config.comand: is not a known key',
    'task_groups[0].tasks[0].resources.cpu: expected int, received number',
    'task_groups[0].tasks[0].resources.memory: expected number, received string',
  ])
    t.ok(problems.includes(part), `${part} in ${problems}`);
});
