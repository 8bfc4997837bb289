import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { required } from '../fixtures/requirement.js';
import { OPENAPI_DOCUMENTS } from './documents.js';
import { drive, driveJobsAndTasks, driveServices } from './drive.js';
import { classPath, generate } from './openapi-generator.js';
import { HERE, installed, run } from './toolbox.js';

t.setTimeout(400_000 * PATIENCE);

void t.test('the Java clients of openapi-generator', async (t) => {
  const java = installed('java');
  if (
    !required(t, java !== undefined, 'openapi-generator with javac (npm test -- clients installs it)') ||
    java === undefined
  )
    return;
  const folder = ownFolder(t);
  const generated = join(folder, 'generated');
  // Unset lists must be absent: an empty `args` means a program without arguments, started without a shell.
  const options = (document: string) => ({
    containerDefaultToNull: true,
    invokerPackage: `muster.${document}`,
    apiPackage: `muster.${document}.api`,
    modelPackage: `muster.${document}.model`,
  });
  await generate(generated, { java, generator: 'java', library: 'native', options });

  const classes = join(folder, 'classes');
  await t.test('all clients and the programs that drive five of them compile', async () => {
    mkdirSync(classes);
    const sources = OPENAPI_DOCUMENTS.flatMap((document) => {
      const root = join(generated, document, 'src/main/java');
      return readdirSync(root, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.java'))
        .map((path) => join(root, path));
    });
    const list = join(folder, 'sources');
    writeFileSync(
      list,
      [
        ...sources,
        ...['Drive', 'DriveServices', 'DriveTasks'].map((program) => join(HERE, `java/${program}.java`)),
      ].join('\n'),
    );
    await run(['javac', '-nowarn', '-d', classes, '-cp', classPath(java).join(':'), `@${list}`], {
      minutes: 4,
    });
  });

  await t.test('the cluster client submits a job, waits for its end and reads its logs', async (t) => {
    await drive(t, 'java', ['java', '-cp', [classes, ...classPath(java)].join(':'), 'Drive'], {});
  });

  await t.test('the services client creates an account, and runs and deletes a service', async (t) => {
    await driveServices(
      t,
      'java',
      ['java', '-cp', [classes, ...classPath(java)].join(':'), 'DriveServices'],
      {},
    );
  });

  await t.test(
    'four clients submit jobs and run tasks, follow logs and events, and list skipped slots',
    async (t) => {
      await driveJobsAndTasks(
        t,
        'java',
        ['java', '-cp', [classes, ...classPath(java)].join(':'), 'DriveTasks'],
        {},
      );
    },
  );
});
