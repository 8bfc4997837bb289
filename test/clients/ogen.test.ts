import { cpSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { required } from '../fixtures/requirement.js';
import { fileOf, OPENAPI_DOCUMENTS } from './documents.js';
import { driveJobsAndTasks } from './drive.js';
import { HERE, installed, run } from './toolbox.js';

t.setTimeout(400_000 * PATIENCE);

void t.test('the Go clients of ogen', async (t) => {
  const ogen = installed('ogen');
  if (!required(t, ogen !== undefined, 'ogen (npm test -- clients installs it)') || ogen === undefined)
    return;
  const folder = ownFolder(t);
  cpSync(join(HERE, 'ogen'), folder, { recursive: true });
  for (const document of OPENAPI_DOCUMENTS)
    await run([
      join(ogen, 'ogen'),
      '-loglevel',
      'error',
      '-package',
      document,
      '-target',
      join(folder, 'generated', document),
      fileOf(document),
    ]);

  const program = join(folder, 'drive');
  await t.test('all clients and the program that drives four of them compile', async () => {
    await run(['go', '-C', folder, 'vet', './...'], { minutes: 5 });
    await run(['go', '-C', folder, 'build', '-o', program, '.'], { minutes: 4 });
  });

  await t.test(
    'four clients submit jobs and run tasks, follow logs and events, and list skipped slots',
    async (t) => {
      await driveJobsAndTasks(t, 'ogen', [program], {});
    },
  );
});
