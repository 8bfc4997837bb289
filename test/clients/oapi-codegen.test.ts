import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { required } from '../fixtures/requirement.js';
import { fileOf, OPENAPI_DOCUMENTS } from './documents.js';
import { drive } from './drive.js';
import { HERE, installed, run } from './toolbox.js';

t.setTimeout(280_000 * PATIENCE);

void t.test(
  'the Go clients of oapi-codegen compile, and one of them submits a job and reads its logs',
  async (t) => {
    const go = installed('go');
    if (!required(t, go !== undefined, 'oapi-codegen (npm test -- clients installs it)') || go === undefined)
      return;
    const folder = ownFolder(t);
    for (const file of ['go.mod', 'go.sum']) cpSync(join(HERE, 'go', file), join(folder, file));
    for (const document of OPENAPI_DOCUMENTS) {
      mkdirSync(join(folder, document));
      await run([
        join(go, 'oapi-codegen'),
        '-generate',
        'types,client',
        '-package',
        document,
        '-o',
        join(folder, document, 'client.go'),
        fileOf(document),
      ]);
    }
    cpSync(join(HERE, 'oapi-codegen/main.go'), join(folder, 'main.go'));
    await run(['go', '-C', folder, 'vet', './...'], { minutes: 4 });
    const program = join(folder, 'drive');
    await run(['go', '-C', folder, 'build', '-o', program, '.'], { minutes: 4 });
    await drive(t, 'oapi-codegen', [program], {});
  },
);
