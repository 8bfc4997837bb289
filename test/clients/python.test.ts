import { join } from 'node:path';
import t from 'tap';
import { PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { required } from '../fixtures/requirement.js';
import { OPENAPI_DOCUMENTS } from './documents.js';
import { drive, driveConda, driveJobsAndTasks, driveServices } from './drive.js';
import { generate } from './openapi-generator.js';
import { HERE, installed, run } from './toolbox.js';
import { checkPythonTypes } from './type-check.js';

t.setTimeout(400_000 * PATIENCE);

void t.test('the Python clients of openapi-generator', async (t) => {
  const [java, python] = [installed('java'), installed('python')];
  if (
    !required(
      t,
      java !== undefined && python !== undefined,
      'openapi-generator with Python (npm test -- clients installs both)',
    ) ||
    java === undefined ||
    python === undefined
  )
    return;
  const folder = ownFolder(t);
  await generate(folder, {
    java,
    generator: 'python',
    options: (document) => ({ packageName: `muster_${document}` }),
  });

  await t.test('every module of every client can be imported and uses no undefined names', async (t) => {
    for (const document of OPENAPI_DOCUMENTS) {
      const modules = await run(
        [join(python, 'bin/python'), join(HERE, 'python/import_all.py'), `muster_${document}`],
        {
          env: { PYTHONPATH: join(folder, document) },
        },
      );
      t.ok(Number(modules) > 10, `${modules.trim()} modules of ${document} were imported`);
      await run([
        join(python, 'bin/ruff'),
        'check',
        '--isolated',
        '--select',
        'E9,F63,F7,F82',
        join(folder, document, `muster_${document}`),
      ]);
    }
  });

  await t.test('the types of every client are right', async () => {
    await checkPythonTypes({
      python,
      packages: OPENAPI_DOCUMENTS.map((document) => join(folder, document, `muster_${document}`)),
      cache: folder,
    });
  });

  await t.test('the cluster client submits a job, waits for its end and reads its logs', async (t) => {
    await drive(t, 'python', [join(python, 'bin/python'), join(HERE, 'python/drive.py')], {
      env: { PYTHONPATH: join(folder, 'cluster') },
    });
  });

  await t.test(
    'the conda client creates, uses and deletes an environment with a session cookie',
    async (t) => {
      await driveConda(t, 'python', [join(python, 'bin/python'), join(HERE, 'python/drive_conda.py')], {
        env: { PYTHONPATH: join(folder, 'conda') },
      });
    },
  );

  await t.test('the services client creates an account, and runs and deletes a service', async (t) => {
    await driveServices(t, 'python', [join(python, 'bin/python'), join(HERE, 'python/drive_services.py')], {
      env: { PYTHONPATH: join(folder, 'services') },
    });
  });

  await t.test(
    'four clients submit jobs and run tasks, follow logs and events, and list skipped slots',
    async (t) => {
      const packages = ['gpu', 'cluster', 'tasks', 'audit'].map((document) => join(folder, document));
      await driveJobsAndTasks(
        t,
        'python',
        [join(python, 'bin/python'), join(HERE, 'python/drive_tasks.py')],
        { env: { PYTHONPATH: packages.join(':') } },
      );
    },
  );
});
