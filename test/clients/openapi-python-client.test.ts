import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { required } from '../fixtures/requirement.js';
import { fileOf, OPENAPI_DOCUMENTS } from './documents.js';
import { drive } from './drive.js';
import { HERE, installed, run } from './toolbox.js';
import { checkPythonTypes } from './type-check.js';

t.setTimeout(400_000 * PATIENCE);

void t.test(
  'openapi-python-client generates every client without a warning, and their types are right',
  async (t) => {
    const python = installed('python');
    if (
      !required(t, python !== undefined, 'openapi-python-client (npm test -- clients installs it)') ||
      python === undefined
    )
      return;
    const folder = ownFolder(t);
    // The generator finds ruff on the PATH.
    const env = { PATH: `${join(python, 'bin')}:${process.env['PATH']}` };
    for (const document of OPENAPI_DOCUMENTS) {
      const name = `muster_${document}`;
      const configuration = join(folder, `${document}.json`);
      mkdirSync(join(folder, document));
      writeFileSync(
        configuration,
        JSON.stringify({ package_name_override: name, project_name_override: name }),
      );
      await run(
        [
          join(python, 'bin/openapi-python-client'),
          'generate',
          '--path',
          fileOf(document),
          '--config',
          configuration,
          '--meta',
          'none',
          '--output-path',
          join(folder, document, name),
          '--fail-on-warning',
        ],
        { env },
      );
      const modules = await run([join(python, 'bin/python'), join(HERE, 'python/import_all.py'), name], {
        env: { PYTHONPATH: join(folder, document) },
      });
      t.ok(Number(modules) > 10, `${modules.trim()} modules of ${document} were imported`);
    }

    const program = join(HERE, 'python/drive_openapi_python_client.py');
    await checkPythonTypes({
      python,
      packages: OPENAPI_DOCUMENTS.map((document) => join(folder, document, `muster_${document}`)),
      programs: [program],
      cache: folder,
    });
    await drive(t, 'openapi-python-client', [join(python, 'bin/python'), program], {
      env: { PYTHONPATH: join(folder, 'cluster') },
    });
  },
);
