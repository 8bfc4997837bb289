import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { readTasks } from '#src/cli/tasks/task-files.js';
import { ownFolder } from '../../../fixtures/folder.js';

void t.test('all problems of all files are listed with their file and task', async (t) => {
  const folder = ownFolder(t);
  const [one, two] = [join(folder, 'one.yaml'), join(folder, 'two.yaml')];
  await writeFile(
    one,
    '- {name: p1, executor: shell, command: date}\n- {name: p2, executor: shell, comand: date, retry_count: many}\n- {executor: shel}\n',
  );
  await writeFile(two, '{name: p1, executor: shell, command: date, after: {tasks: [p2, p2]}}\n');
  await t.rejects(readTasks([folder]), {
    message: new RegExp(
      [
        `${one} has 7 problems:`,
        `${one}:2:31: comand: is not a known key; did you mean command\\? \\(task p2\\)`,
        `${one}:2:45: retry_count: must be a number, not "many" \\(task p2\\)`,
        `${one}:3:3: name: is missing \\(task 3\\)`,
        `${one}:3:3: command: is missing \\(task 3\\)`,
        `${one}:3:4: executor: must be one of shell, http, python; did you mean shell\\? \\(task 3\\)`,
        `${two}:1:\\d+: after.tasks: must not contain duplicates \\(task p1\\)`,
        `${two}: task p1 is already defined in ${one}`,
      ].join('\n'),
    ),
  });
});

void t.test('files in folders below are read, except in those of tools', async (t) => {
  const folder = ownFolder(t);
  for (const below of ['more', 'more/deep', '.git']) await mkdir(join(folder, below));
  for (const [name, file] of [
    ['a', 'a.yaml'],
    ['b', 'more/b.YAML'],
    ['c', 'more/deep/c.json'],
    ['d', '.git/d.yaml'],
    ['e', 'e.txt'],
  ] as const)
    await writeFile(join(folder, file), JSON.stringify({ name, executor: 'shell', command: 'date' }));
  t.same((await readTasks([folder])).map(({ name }) => name).sort(), ['a', 'b', 'c']);
});
