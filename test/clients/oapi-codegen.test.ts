import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { required } from '../fixtures/requirement.js';
import { fileOf, OPENAPI_DOCUMENTS } from './documents.js';
import { HERE, installed, run } from './toolbox.js';

t.setTimeout(280_000 * PATIENCE);

void t.test('the Go clients of oapi-codegen compile', async (t) => {
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
  await run(['go', '-C', folder, 'vet', './...'], { minutes: 4 });
});
