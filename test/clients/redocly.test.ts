import { resolve } from 'node:path';
import t from 'tap';
import { ownFolder } from '../fixtures/folder.js';
import { DOCUMENTS, fileOf, OPENAPI_DOCUMENTS } from './documents.js';
import { run } from './toolbox.js';

t.setTimeout(120_000);

const REDOCLY = resolve(import.meta.dirname, '../../../node_modules/.bin/redocly');

/** There is no page of the licence. AsyncAPI has nothing else to name it by, OpenAPI has. */
const NO_LICENCE_PAGE = 'info-license-strict: License object should contain `url` field.';

void t.test('Redocly finds nothing in a document by its recommended rules', async (t) => {
  // In a folder without our own file of rules, as for anybody who has only the document.
  const cwd = ownFolder(t);
  for (const document of DOCUMENTS) {
    const output = await run(
      [REDOCLY, 'lint', '--extends', 'recommended', '--format', 'json', fileOf(document)],
      {
        cwd,
        env: { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
      },
    );
    const { problems } = JSON.parse(output) as {
      readonly problems: readonly { readonly ruleId: string; readonly message: string }[];
    };
    t.same(
      problems.map(({ ruleId, message }) => `${ruleId}: ${message}`),
      OPENAPI_DOCUMENTS.includes(document) ? [] : [NO_LICENCE_PAGE],
      document,
    );
  }
});
