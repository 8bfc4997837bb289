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
    'has 6 problems',
    ':3:5: task_groups[0].count: must be a number, not "2"',
    'task_groups[0].colour: is not a known key',
    'task_groups[0].size: is not a known key',
    'task_groups[0].tasks[0].config.comand: is not a known key; did you mean command?',
    'task_groups[0].tasks[0].resources.cpu: must be a whole number, not 0.5',
    'task_groups[0].tasks[0].resources.memory: must be a number, not "512Mi"',
  ])
    t.ok(problems.includes(part), `${part} in ${problems}`);
});
