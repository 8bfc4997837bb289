// Generates the types of our API clients from the documents in openapi/, into src/cli/generated/ and console/generated/. `npm run build` runs it before the
// compiler. Unchanged files are not written again, so that the compiler does not recheck the modules that import them.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';

const ROOT = dirname(import.meta.dirname);
const DOCUMENTS = join(ROOT, 'openapi');
/** Folders of generated types. Without `documents`, a folder has all of them. */
const CLIENTS = [
  { folder: join(ROOT, 'src/cli/generated') },
  {
    folder: join(ROOT, 'console/generated'),
    documents: ['audit', 'cluster', 'conda', 'console', 'gpu', 'services', 'tasks'],
  },
];
/** Documents without a client of our own. */
const WITHOUT_CLIENT = ['agent', 'asyncapi'];

for (const { folder } of CLIENTS) mkdirSync(folder, { recursive: true });
for (const name of readdirSync(DOCUMENTS)) {
  const [, document] = /^(.+)\.json$/.exec(name) ?? [];
  if (document === undefined || WITHOUT_CLIENT.includes(document)) continue;
  const types = astToString(
    await openapiTS(JSON.parse(readFileSync(join(DOCUMENTS, name), 'utf8')), { defaultNonNullable: false }),
  );
  const text = `// Generated from openapi/${name} by tools/client-types.js.\n${types}`;
  for (const { folder, documents } of CLIENTS) {
    if (documents !== undefined && !documents.includes(document)) continue;
    const file = join(folder, `${document}.ts`);
    if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
  }
}
