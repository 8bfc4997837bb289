import { resolve } from 'node:path';
import t from 'tap';
import { PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { DOCUMENTS, fileOf, OPENAPI_DOCUMENTS } from './documents.js';
import { run } from './toolbox.js';

t.setTimeout(120_000 * PATIENCE);

const REDOCLY = resolve(import.meta.dirname, '../../../node_modules/.bin/redocly');

/** The licence has no web page. OpenAPI can identify a licence without one, but AsyncAPI cannot. */
const NO_LICENCE_PAGE = 'info-license-strict: License object should contain `url` field.';

void t.test("the API descriptions follow Redocly's recommended rules", async (t) => {
  // The folder has no configuration, so the result is that of a user who has only the API description.
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
