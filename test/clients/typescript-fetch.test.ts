import { cpSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import t from 'tap';
import { PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { required } from '../fixtures/requirement.js';
import { OPENAPI_DOCUMENTS } from './documents.js';
import { driveConda } from './drive.js';
import { generate } from './openapi-generator.js';
import { HERE, installed, run } from './toolbox.js';

t.setTimeout(280_000 * PATIENCE);

const TYPES = resolve(import.meta.dirname, '../../../node_modules/@types');
const TSC = resolve(import.meta.dirname, '../../../node_modules/typescript/bin/tsc');

void t.test('the TypeScript clients of openapi-generator', async (t) => {
  const java = installed('java');
  if (
    !required(t, java !== undefined, 'openapi-generator (npm test -- clients installs it)') ||
    java === undefined
  )
    return;
  const folder = ownFolder(t);
  await generate(folder, { java, generator: 'typescript-fetch', options: () => ({}) });
  const program = join(folder, 'drive-conda.ts');
  cpSync(join(HERE, 'typescript/drive-conda.mts'), program);

  await t.test('all clients and the program that drives one of them compile under strict rules', async () => {
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: 'es2022',
      module: 'esnext',
      moduleResolution: 'bundler',
      lib: ['es2022', 'dom'],
      types: ['node'],
      typeRoots: [TYPES],
    };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: [...OPENAPI_DOCUMENTS, 'drive-conda.ts'] }),
    );
    await run([process.execPath, TSC, '-p', folder]);
  });

  await t.test(
    'the conda client creates, uses and deletes an environment with a session cookie',
    async (t) => {
      const outfile = join(folder, 'drive-conda.mjs');
      await build({
        entryPoints: [program],
        outfile,
        bundle: true,
        platform: 'node',
        format: 'esm',
        target: 'node20',
        logLevel: 'error',
      });
      await driveConda(t, 'typescript', [process.execPath, outfile], {});
    },
  );
});
