import { join } from 'node:path';
import t from 'tap';
import { ownFolder } from '../fixtures/folder.js';
import { required } from '../fixtures/requirement.js';
import { OPENAPI_DOCUMENTS } from './documents.js';
import { drive, driveConda, driveJobsAndTasks, driveServices } from './drive.js';
import { generate } from './openapi-generator.js';
import { HERE, installed, run } from './toolbox.js';

t.setTimeout(280_000);

void t.test('the Python clients of openapi-generator', async (t) => {
  const [java, python] = [installed('java'), installed('python')];
  if (
    !required(
      t,
      java !== undefined && python !== undefined,
      'openapi-generator with Python (npm run test:clients installs both)',
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

  await t.test(
    'every module of every client can be imported, and names nothing that is not there',
    async (t) => {
      for (const document of OPENAPI_DOCUMENTS) {
        const modules = await run(
          [join(python, 'bin/python'), join(HERE, 'python/import_all.py'), `muster_${document}`],
          {
            env: { PYTHONPATH: join(folder, document) },
          },
        );
        t.ok(Number(modules) > 10, `${modules.trim()} modules of ${document}`);
        await run([
          join(python, 'bin/ruff'),
          'check',
          '--isolated',
          '--select',
          'E9,F63,F7,F82',
          join(folder, document, `muster_${document}`),
        ]);
      }
    },
  );

  await t.test('one of them takes a job from its submission to its logs', async (t) => {
    await drive(t, 'python', [join(python, 'bin/python'), join(HERE, 'python/drive.py')], {
      env: { PYTHONPATH: join(folder, 'cluster') },
    });
  });

  await t.test(
    'one of them takes a conda environment from its creation to its end, with the cookie of a session',
    async (t) => {
      await driveConda(t, 'python', [join(python, 'bin/python'), join(HERE, 'python/drive_conda.py')], {
        env: { PYTHONPATH: join(folder, 'conda') },
      });
    },
  );

  await t.test('one of them takes a service from its account to its deletion', async (t) => {
    await driveServices(t, 'python', [join(python, 'bin/python'), join(HERE, 'python/drive_services.py')], {
      env: { PYTHONPATH: join(folder, 'services') },
    });
  });

  await t.test(
    'four of them submit jobs and run tasks, follow logs and events, and list skipped slots',
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
