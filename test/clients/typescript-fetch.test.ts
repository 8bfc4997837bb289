import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { ownFolder } from '../fixtures/folder.js';
import { required } from '../fixtures/requirement.js';
import { OPENAPI_DOCUMENTS } from './documents.js';
import { generate } from './openapi-generator.js';
import { installed, run } from './toolbox.js';

t.setTimeout(280_000);

const TSC = resolve(import.meta.dirname, '../../../node_modules/typescript/bin/tsc');

void t.test('the TypeScript clients of openapi-generator compile under strict rules', async (t) => {
  const java = installed('java');
  if (!required(t, java !== undefined, 'openapi-generator (npm run test:clients installs it)') || java === undefined) return;
  const folder = ownFolder(t);
  await generate(folder, { java, generator: 'typescript-fetch', options: () => ({}) });
  const compilerOptions = { strict: true, noEmit: true, target: 'es2022', module: 'esnext', moduleResolution: 'bundler', lib: ['es2022', 'dom'], types: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: OPENAPI_DOCUMENTS }));
  await run([process.execPath, TSC, '-p', folder]);
});
