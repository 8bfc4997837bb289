// Builds the web console (console/) into bundle/console/: index.html, scripts and styles with hashed names, compressed copies, and the licences of
// the packages inside. It checks no types. A first page that is heavier than its budget fails the build.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const ROOT = dirname(import.meta.dirname);
const SOURCE = join(ROOT, 'console');
const OUTPUT = join(ROOT, 'bundle/console');
const ASSETS = join(OUTPUT, 'assets');

/** Budgets in bytes after gzip: the scripts and styles that a first visit loads before it shows a page, and each script loaded later. */
const MOST_INITIAL_SCRIPT = 150_000;
const MOST_STYLE = 20_000;
const MOST_LAZY_SCRIPT = 180_000;

/** Minimum size in bytes of a file that gets compressed copies. */
const WORTH_COMPRESSING = 1024;

export async function buildConsole() {
  rmSync(OUTPUT, { recursive: true, force: true });
  mkdirSync(ASSETS, { recursive: true });
  const options = {
    absWorkingDir: ROOT,
    outdir: ASSETS,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    metafile: true,
    legalComments: 'none',
    target: ['chrome123', 'firefox121', 'safari17.5'],
    define: { 'process.env.NODE_ENV': '"production"' },
    tsconfig: join(SOURCE, 'tsconfig.json'),
    logLevel: 'warning',
  };
  const [page, theme] = await Promise.all([
    build({
      ...options,
      entryPoints: ['console/main.tsx'],
      format: 'esm',
      splitting: true,
      jsx: 'automatic',
    }),
    // The theme is applied before the first paint, so its script must not be a module.
    build({ ...options, entryPoints: ['console/start.ts'], format: 'iife' }),
  ]);
  const main = entry(page.metafile, 'console/main.tsx');
  const names = {
    script: basename(main.file),
    style: basename(main.output.cssBundle),
    theme: basename(entry(theme.metafile, 'console/start.ts').file),
  };
  const preloads = initialScripts(page.metafile, main.file).filter((file) => file !== main.file);
  removeUnusedStyles(names.style);
  writeFileSync(
    join(OUTPUT, 'index.html'),
    html(
      names,
      preloads.map((file) => basename(file)),
    ),
  );
  writeFileSync(join(OUTPUT, 'licences.txt'), licences(page.metafile));
  compressAll();
  return check(page.metafile, main.file, names);
}

function entry({ outputs }, source) {
  const [file, output] = Object.entries(outputs).find(
    ([name, { entryPoint }]) => entryPoint === source && name.endsWith('.js'),
  );
  return { file, output };
}

/** Returns the scripts that the browser loads before the first page: the entry and everything that it imports statically. */
function initialScripts({ outputs }, first) {
  const found = new Set([first]);
  for (const file of found)
    for (const { path, kind } of outputs[file].imports) if (kind === 'import-statement') found.add(path);
  return [...found];
}

/** The main stylesheet has the styles of all parts. esbuild also writes those of lazily loaded parts to separate files. */
function removeUnusedStyles(used) {
  for (const name of readdirSync(ASSETS))
    if (name.endsWith('.css') && name !== used) rmSync(join(ASSETS, name));
}

function html({ script, style, theme }, preloads) {
  return readFileSync(join(SOURCE, 'index.html'), 'utf8')
    .replace('<!-- theme -->', `<script src="/console/assets/${theme}"></script>`)
    .replace('<!-- style -->', `<link rel="stylesheet" href="/console/assets/${style}" />`)
    .replace(
      '<!-- script -->',
      [
        `<script type="module" src="/console/assets/${script}"></script>`,
        ...preloads.map((name) => `<link rel="modulepreload" href="/console/assets/${name}" />`),
      ].join('\n    '),
    );
}

/** Collects the licences of the bundled packages, as their authors require. */
function licences({ inputs }) {
  const folders = new Set();
  for (const path of Object.keys(inputs)) {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path) ?? [];
    if (folder !== undefined) folders.add(folder);
  }
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
      const file = readdirSync(join(ROOT, folder)).find((each) => /^licen[cs]e/i.test(each));
      const text = file === undefined ? '' : readFileSync(join(ROOT, folder, file), 'utf8').trim();
      return `${name} ${version} (${license})\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function compressAll() {
  for (const name of readdirSync(ASSETS)) {
    const content = readFileSync(join(ASSETS, name));
    if (content.length < WORTH_COMPRESSING) continue;
    writeFileSync(join(ASSETS, `${name}.gz`), gzipSync(content, { level: 9 }));
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
    writeFileSync(join(ASSETS, `${name}.br`), brotliCompressSync(content, quality));
  }
}

/** Returns the sizes after gzip, or throws if one is over its budget. */
function check(metafile, main, { style }) {
  const initial = initialScripts(metafile, main);
  const size = (file) => gzipSync(readFileSync(join(ASSETS, basename(file))), { level: 9 }).length;
  const lazy = Object.keys(metafile.outputs).filter(
    (file) => file.endsWith('.js') && !initial.includes(file) && existsSync(join(ROOT, file)),
  );
  const sizes = {
    initialScript: initial.reduce((sum, file) => sum + size(file), 0),
    style: size(style),
    largestLazyScript: Math.max(0, ...lazy.map(size)),
  };
  const problems = [
    over('the scripts of the first page', sizes.initialScript, MOST_INITIAL_SCRIPT),
    over('the styles', sizes.style, MOST_STYLE),
    over('a script that is loaded later', sizes.largestLazyScript, MOST_LAZY_SCRIPT),
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new Error(`The console is too large: ${problems.join('; ')}`);
  return sizes;
}

function over(what, size, most) {
  return size > most ? `${what} are ${size} bytes after gzip, at most ${most} are allowed` : undefined;
}

if (process.argv[1] === import.meta.filename) console.log(JSON.stringify(await buildConsole()));
