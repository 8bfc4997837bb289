// Writes src/cli/generated/, the types of the API clients, from the documents in openapi/. `npm run build` runs it before the compiler.
// A file whose text would stay the same is left alone, so that the compiler need not check its users again.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';

const ROOT = dirname(import.meta.dirname);
const DOCUMENTS = join(ROOT, 'openapi');
const GENERATED = join(ROOT, 'src/cli/generated');
/** Documents for which no client of ours is written. */
const WITHOUT_CLIENT = ['agent', 'asyncapi'];

mkdirSync(GENERATED, { recursive: true });
for (const name of readdirSync(DOCUMENTS)) {
  const [, document] = /^(.+)\.json$/.exec(name) ?? [];
  if (document === undefined || WITHOUT_CLIENT.includes(document)) continue;
  const types = astToString(
    await openapiTS(JSON.parse(readFileSync(join(DOCUMENTS, name), 'utf8')), { defaultNonNullable: false }),
  );
  const text = `// Generated from openapi/${name} by tools/client-types.js.\n${types}`;
  const file = join(GENERATED, `${document}.ts`);
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
}
