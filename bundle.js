// `npm run bundle`: puts what the compiler left in dist/ into few files, in bundle/: one where each process and thread begins, and the parts that they share.
// This is what runs and is shipped (docs/decisions/011-bundle.md).
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';

const ROOT = import.meta.dirname;
const MODULES = join(ROOT, 'dist');
const BUNDLE = join(ROOT, 'bundle');

/** Packages that stay where npm put them: they have parts that are no JavaScript, or files of their own that are served. */
const APART = ['better-sqlite3', 'better-sqlite3-13', '@node-rs/*', '@fastify/swagger-ui'];

/** A module that another names by where it stands itself, to begin a thread or a process with. */
const BEGUN = /new URL\('(\.[^']*\.js)', import\.meta\.url\)/g;

function beginnings() {
  const begun = new Set(['src/cli/main.js']);
  for (const room of ['domain', 'projections', 'agents', 'src'])
    for (const name of readdirSync(join(MODULES, room), { recursive: true }).filter((each) => each.endsWith('.js')))
      for (const [, other] of readFileSync(join(MODULES, room, name), 'utf8').matchAll(BEGUN)) begun.add(join(dirname(join(room, name)), other));
  return [...begun].sort();
}

/** A module that asks where it stands is told its own place below bundle/, whichever part it became: there stands what is begun, and the package's files are as far away. */
const places = {
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, ({ path }) => {
      const place = relative(MODULES, path);
      if (place.startsWith('..')) return undefined;
      const text = readFileSync(path, 'utf8').replaceAll('import.meta.url', `new URL(${JSON.stringify(place)}, bundleFolder).href`);
      return { contents: text };
    });
  },
};

/** `import()` of a package that is bundled would give none of the names of one of the older kind. */
const loadedLater = {
  name: 'loaded-later',
  setup({ onResolve }) {
    onResolve({ filter: /^[a-z@]/ }, ({ path, kind, importer }) => {
      if (kind !== 'dynamic-import' || !importer.startsWith(MODULES) || APART.some((name) => path.startsWith(name.replace('*', '')))) return undefined;
      return { errors: [{ text: `import('${path}'): import it in a module of ours, and that one later` }] };
    });
  },
};

/** Parts of packages that only few need and that take long to load: read from the package when they are called. Docker over SSH, and its sessions for builds. */
const SELDOM = { 'dockerode/lib/session.js': './session.js', 'docker-modem/lib/ssh.js': 'docker-modem/lib/ssh.js' };
const seldom = {
  name: 'seldom',
  setup({ onLoad }) {
    for (const [part, asked] of Object.entries(SELDOM)) {
      const contents = `module.exports = (...given) => createBundleRequire(createBundleRequire(bundleFolder).resolve('dockerode'))('${asked}')(...given);`;
      onLoad({ filter: new RegExp(`/node_modules/${part.replaceAll('.', '\\.')}$`) }, () => ({ contents }));
    }
  },
};

/** What a part begins with. Packages of the older kind ask for `require` and where they stand. */
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
  entryPoints: beginnings().map((module) => join(MODULES, module)),
  outdir: BUNDLE,
  outbase: MODULES,
  chunkNames: 'src/parts/[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: APART,
  banner: { js: HEAD.trim() },
  plugins: [places, loadedLater, seldom],
  logLevel: 'warning',
});
