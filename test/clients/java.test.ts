import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ownFolder } from '../fixtures/folder.js';
import { required } from '../fixtures/requirement.js';
import { OPENAPI_DOCUMENTS } from './documents.js';
import { drive, driveJobsAndTasks, driveServices } from './drive.js';
import { classPath, generate } from './openapi-generator.js';
import { HERE, installed, run } from './toolbox.js';

t.setTimeout(400_000);

/** The library `native` parses a file as JSON: a log is a text to it. */
const TEXT = { file: 'String', File: 'String', binary: 'String' };

void t.test('the Java clients of openapi-generator', async (t) => {
  const java = installed('java');
  if (
    !required(t, java !== undefined, 'openapi-generator with javac (npm run test:clients installs it)') ||
    java === undefined
  )
    return;
  const folder = ownFolder(t);
  const generated = join(folder, 'generated');
  // A list that nobody filled is absent: empty `args` ask for a program without words, and for no shell.
  const options = (document: string) => ({
    containerDefaultToNull: true,
    invokerPackage: `muster.${document}`,
    apiPackage: `muster.${document}.api`,
    modelPackage: `muster.${document}.model`,
  });
  await generate(generated, { java, generator: 'java', library: 'native', typeMappings: TEXT, options });

  const classes = join(folder, 'classes');
  await t.test('all of them compile, and the programs that drive five', async () => {
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

  await t.test('one of them takes a job from its submission to its logs', async (t) => {
    await drive(t, 'java', ['java', '-cp', [classes, ...classPath(java)].join(':'), 'Drive'], {});
  });

  await t.test('one of them takes a service from its account to its deletion', async (t) => {
    await driveServices(
      t,
      'java',
      ['java', '-cp', [classes, ...classPath(java)].join(':'), 'DriveServices'],
      {},
    );
  });

  await t.test(
    'four of them submit jobs and run tasks, follow logs and events, and list skipped slots',
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
