import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { required } from '../fixtures/requirement.js';
import { OPENAPI_DOCUMENTS } from './documents.js';
import { drive, driveServices } from './drive.js';
import { generate } from './openapi-generator.js';
import { HERE, installed, run } from './toolbox.js';

t.setTimeout(280_000 * PATIENCE);

void t.test('the Go clients of openapi-generator', async (t) => {
  const [java, go] = [installed('java'), installed('go')];
  if (
    !required(
      t,
      java !== undefined && go !== undefined,
      'openapi-generator with Go (npm test -- clients installs both)',
    ) ||
    java === undefined
  )
    return;
  const folder = ownFolder(t);
  cpSync(join(HERE, 'go'), folder, { recursive: true });
  const generated = join(folder, 'generated');
  await generate(generated, {
    java,
    generator: 'go',
    options: (packageName) => ({
      packageName,
      isGoSubmodule: false,
      withGoMod: false,
    }),
  });
  // The generated tests are samples that import a module with a different name.
  for (const document of OPENAPI_DOCUMENTS)
    rmSync(join(generated, document, 'test'), { recursive: true, force: true });

  const programs = join(folder, 'programs');
  await t.test('all clients and the programs that drive two of them compile', async () => {
    await run(['go', '-C', folder, 'vet', './...'], { minutes: 4 });
    await run(['go', '-C', folder, 'build', '-o', `${programs}/`, '.', './services'], { minutes: 4 });
  });

  await t.test('the cluster client submits a job, waits for its end and reads its logs', async (t) => {
    await drive(t, 'go', [join(programs, 'clients')], {});
  });

  await t.test('the services client creates an account, and runs and deletes a service', async (t) => {
    await driveServices(t, 'go', [join(programs, 'services')], {});
  });
});
