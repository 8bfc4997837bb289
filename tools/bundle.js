// Writes bundle/, the program as it is shipped: one file for each process and thread, and the chunks that they share.
// It reads the TypeScript sources and checks no types, so that `npm ci` takes seconds. `npm run build` checks them (docs/decisions/011-bundle.md).
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { buildConsole } from './console.js';
import './zone-data.js';

const ROOT = dirname(import.meta.dirname);
const BUNDLE = join(ROOT, 'bundle');
const ROOMS = ['domain', 'projections', 'agents', 'src'];

/** Packages that are not bundled, because they have native parts, or files that are served. */
const EXTERNAL = ['better-sqlite3', 'better-sqlite3-13', '@node-rs/*', '@fastify/swagger-ui'];

/** Matches the URL of a module that a thread or process starts with. */
const ENTRY_POINT = /new URL\('(\.[^']*)\.js', import\.meta\.url\)/g;

function entryPoints() {
  const entries = new Set(['src/cli/main.ts']);
  for (const room of ROOMS)
    for (const name of readdirSync(join(ROOT, room), { recursive: true }).filter((each) =>
      each.endsWith('.ts'),
    ))
      for (const [, other] of readFileSync(join(ROOT, room, name), 'utf8').matchAll(ENTRY_POINT))
        entries.add(`${join(dirname(join(room, name)), other)}.ts`);
  return [...entries].sort();
}

/**
 * Resolves `#domain/job/index.js` to the source instead of the compiled file that `imports` in package.json names. No module of ours does anything when
 * it is imported, so that a command does not load what it imports only for types or for functions that it does not call.
 */
const sources = {
  name: 'sources',
  setup({ onResolve }) {
    onResolve({ filter: new RegExp(`^#(${ROOMS.join('|')})/`) }, ({ path }) =>
      sourceAt(join(ROOT, path.slice(1))),
    );
    onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir, importer }) =>
      importer.includes('/node_modules/') ? undefined : sourceAt(join(resolveDir, path)),
    );
  },
};

function sourceAt(path) {
  return { path: path.replace(/\.js$/, '.ts'), sideEffects: false };
}

/** Gives each module its URL relative to bundle/, whichever chunk it is in. Modules name entry points and files of the package relative to that URL. */
const moduleUrls = {
  name: 'module-urls',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const place = relative(ROOT, path).replace(/\.ts$/, '.js');
      const contents = readFileSync(path, 'utf8').replaceAll(
        'import.meta.url',
        `new URL(${JSON.stringify(place)}, bundleFolder).href`,
      );
      return { contents, loader: 'ts' };
    });
  },
};

/** Refuses `import()` of a bundled package: a CommonJS package would lose its named exports. */
const dynamicImports = {
  name: 'dynamic-imports',
  setup({ onResolve }) {
    onResolve({ filter: /^[a-z@]/ }, ({ path, kind, importer }) => {
      const own = !importer.includes('/node_modules/');
      if (
        kind !== 'dynamic-import' ||
        !own ||
        EXTERNAL.some((name) => path.startsWith(name.replace('*', '')))
      )
        return undefined;
      return {
        errors: [
          {
            text: `import('${path}'): import the package statically in a module of Muster, and that module dynamically`,
          },
        ],
      };
    });
  },
};

/** Parts of packages that are slow to load and rarely needed: Docker over SSH and its build sessions. They are loaded from the package on the first call. */
const SELDOM = {
  'dockerode/lib/session.js': './session.js',
  'docker-modem/lib/ssh.js': 'docker-modem/lib/ssh.js',
};
const seldom = {
  name: 'seldom',
  setup({ onLoad }) {
    for (const [part, asked] of Object.entries(SELDOM)) {
      const contents = `module.exports = (...given) => createBundleRequire(createBundleRequire(bundleFolder).resolve('dockerode'))('${asked}')(...given);`;
      onLoad({ filter: new RegExp(`/node_modules/${part.replaceAll('.', '\\.')}$`) }, () => ({ contents }));
    }
  },
};

/** Added to the top of each file, because CommonJS packages need `require`, `__filename` and `__dirname`. */
const HEAD = `
import { createRequire as createBundleRequire } from 'node:module';
import { fileURLToPath as bundlePathOf } from 'node:url';
import { dirname as bundleDirectoryOf } from 'node:path';
const require = createBundleRequire(import.meta.url);
const __filename = bundlePathOf(import.meta.url);
const __dirname = bundleDirectoryOf(__filename);
const bundleFolder = import.meta.url.slice(0, import.meta.url.lastIndexOf('/src/') + 1);`;

rmSync(BUNDLE, { recursive: true, force: true });
await build({
  absWorkingDir: ROOT,
  entryPoints: entryPoints(),
  outdir: BUNDLE,
  outbase: ROOT,
  chunkNames: 'src/parts/[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: EXTERNAL,
  banner: { js: HEAD.trim() },
  plugins: [sources, moduleUrls, dynamicImports, seldom],
  logLevel: 'warning',
});
await buildConsole();
