// Compiles each source to a module in dist/, for the tests. It uses the compiler of bundle/, so that tests run the same code as is shipped.
// `tsc` only checks types and writes declarations, because TypeScript 7.0.2 renames properties with the same name as their class.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const ROOT = dirname(import.meta.dirname);
const ROOMS = ['domain', 'projections', 'agents', 'src', 'examples', 'test'];
/** Third-party packages and programs that tests install below `test/`. */
const FOREIGN = /(^|\/)node_modules\/|^(parts|clients)\/build\//;

const entryPoints = ROOMS.flatMap((room) =>
  readdirSync(join(ROOT, room), { recursive: true })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts') && !FOREIGN.test(path))
    .map((path) => join(ROOT, room, path)),
);
const options = {
  outbase: ROOT,
  outdir: join(ROOT, 'dist'),
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
  tsconfig: join(ROOT, 'tsconfig.base.json'),
};
const isTest = (path) => path.endsWith('.test.ts');
await build({ ...options, entryPoints: entryPoints.filter((path) => !isTest(path)) });
// Before tap is loaded, which reads its limit then.
const banner = { js: "import '#test/fixtures/file-limit.js'; import '#test/fixtures/plain-process.js';" };
await build({ ...options, entryPoints: entryPoints.filter(isTest), banner });
