// Measures how much a reader must load to understand a part, and compares the figures with tools/house.json. A figure that fell is written there. A figure that
// rose is an error: make it fall again, or raise it in that file by hand and record the reason in docs/decisions in the same commit. `npm run lint` runs this.
//
//     node tools/house.js                  compares
//     node tools/house.js --all            compares, and prints each figure
//     node tools/house.js reach FILE...    prints how many files and lines these files need
//
// With `--root CHECKOUT`, it reads another checkout. It only reads text: nothing needs to be built.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import ts from 'typescript';

const { values: options, positionals } = parseArgs({
  options: { all: { type: 'boolean' }, root: { type: 'string' } },
  allowPositionals: true,
});
const ROOT = resolve(options.root ?? dirname(import.meta.dirname));
const LIMITS = 'tools/house.json';
const DECISIONS = 'docs/decisions';
const FOLDERS = ['domain', 'projections', 'agents', 'src', 'console'];
const GENERATED = /\/generated\//;
/** Unit of the limits of figures in lines, so that a few lines of a repair do not need a decision. */
const LINES = 1_000;
/** Where readers enter a part. The figure of a part is what this file needs, types included. */
const ENTRIES = {
  'the command executor': 'src/engine/commands/command-executor.ts',
  'the log': 'src/engine/event-store/index.ts',
  'the projector': 'src/engine/read-models/projector.ts',
  'a read model (jobs)': 'projections/jobs/jobs.ts',
  'the kit of surfaces': 'src/http/index.ts',
  accounts: 'src/accounts/index.ts',
  'owned work': 'src/fleet/owned-work/index.ts',
  'a surface (gpu)': 'src/surfaces/gpu/plugin.ts',
  'the scheduler': 'src/fleet/scheduler/scheduler.ts',
};
/** Features, by the word that names them in paths and names. */
const FEATURES = ['services?', 'claims?', 'environments?', 'tasks?'];
const OF_A_FEATURE =
  /^(domain|projections|src\/surfaces|src\/cli|console\/rooms|src\/fleet)\/(services|gpu|environments|tasks)\//;
/** The list of all events. Only composition roots import it, because it reaches all features. */
const ALL_EVENTS = 'domain/all-events.ts';
/** Folders whose files should be in rooms of their own. */
const LOOSE = ['agents', 'src', 'src/process', 'src/cli', 'src/http'];
/** The part of `agents` that `src` may use. */
const DOOR = 'agents/platform/';

const texts = new Map(
  FOLDERS.filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(
        (path) => `${folder}/${path}`,
      ),
    )
    .filter((path) => /\.tsx?$/.test(path) && !GENERATED.test(path))
    .map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]),
);
const paths = [...texts.keys()];
const linesOf = new Map([...texts].map(([path, text]) => [path, text.split('\n').length - 1]));
const imports = new Map([...texts].map(([path, text]) => [path, importsOf(path, text)]));

function importsOf(path, text) {
  const statements = text.matchAll(/(?:^|\s)(?:import|export)\s[^;]*?from\s*'([^']+)'/g);
  return new Set(
    Array.from(statements, ([, specifier]) => target(path, specifier)).filter((file) => file !== undefined),
  );
}

function target(path, specifier) {
  if (!/^[#.]/.test(specifier)) return undefined;
  const file = specifier.startsWith('#') ? specifier.slice(1) : join(dirname(path), specifier);
  return [file.replace(/\.js$/, '.ts'), file.replace(/\.js$/, '.tsx'), file].find((name) => texts.has(name));
}

/** Everything that can be reached from the roots, which are included. */
function closure(roots, next) {
  const seen = new Set();
  const open = [...roots];
  while (open.length > 0) {
    const one = open.pop();
    if (seen.has(one)) continue;
    seen.add(one);
    open.push(...next(one));
  }
  return seen;
}

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
const need = (files) => [...closure(files, (file) => imports.get(file) ?? [])];
const reach = (files) => sum(need(files).map((file) => linesOf.get(file) ?? 0));
const isDirectlyIn = (folder, path) => dirname(path) === folder;

function reachOf([name, entry]) {
  if (!texts.has(entry) && texts.size > 100)
    throw new Error(`${entry} is missing: name the entry of ${name} in tools/house.js.`);
  return [`reach of ${name}, lines`, texts.has(entry) ? reach([entry]) : 0];
}

/** Number of rooms of a folder from which imports lead out and back again. */
function roomsInACircle(folder) {
  const room = (path) => (path.startsWith(`${folder}/`) ? path.split('/').slice(0, 2).join('/') : undefined);
  const next = new Map();
  for (const path of paths)
    for (const other of imports.get(path)) {
      const [from, to] = [room(path), room(other)];
      if (from && to && from !== to) next.set(from, (next.get(from) ?? new Set()).add(to));
    }
  const after = (one) => next.get(one) ?? [];
  return [...next.keys()].filter((one) => closure(after(one), after).has(one)).length;
}

/**
 * Number of files that import the list of all events: statically, only its types, or on demand. A file that exports from it passes it on, and so does
 * every file of `domain` that imports it: who imports such a file counts too.
 */
function importersOfAllEvents() {
  const targets = (text, path, pattern) =>
    Array.from(text.matchAll(pattern), ([, specifier]) => target(path, specifier));
  const lists = new Set([ALL_EVENTS]);
  const importers = new Set();
  for (const list of lists)
    for (const [path, text] of texts) {
      if (!targets(text, path, /\b(?:from|import)\s*\(?\s*'([^']+)'/g).includes(list)) continue;
      importers.add(path);
      const passesOn = targets(text, path, /\bexport\s[^;'"]*?from\s*'([^']+)'/g).includes(list);
      if (passesOn || path.startsWith('domain/')) lists.add(path);
    }
  return importers.size;
}

const knowsManyFeatures = (path) =>
  !OF_A_FEATURE.test(path) &&
  FEATURES.filter((word) => new RegExp(`['"/]${word}['"/]`).test(texts.get(path))).length >= 3;

function smallFilesWithOneImporter() {
  const importers = new Map();
  for (const files of imports.values())
    for (const file of files) importers.set(file, (importers.get(file) ?? 0) + 1);
  return paths.filter((path) => linesOf.get(path) < 40 && importers.get(path) === 1).length;
}

function functionLengths([path, text]) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const line = (position) => file.getLineAndCharacterOfPosition(position).line;
  const lengths = [];
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body !== undefined)
      lengths.push(line(node.end) - line(node.getStart(file)) + 1);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return lengths;
}

function foldersWithManyFiles() {
  const count = new Map();
  for (const path of paths) count.set(dirname(path), (count.get(dirname(path)) ?? 0) + 1);
  return [...count.values()].filter((files) => files > 24).length;
}

function agentModulesThatServersUse() {
  const used = paths
    .filter((path) => path.startsWith('src/'))
    .flatMap((path) =>
      Array.from(texts.get(path).matchAll(/(?:from|import\() ?'(?:#|(?:\.\.\/)+)(agents\/[^']+)'/g)),
    )
    .map(([, name]) => name)
    .filter((name) => !name.startsWith(DOOR));
  return new Set(used).size;
}

function figures() {
  const lengths = [...texts].flatMap(functionLengths);
  const over = (limit) => lengths.filter((length) => length > limit).length;
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return {
    ...Object.fromEntries(Object.entries(ENTRIES).map(reachOf)),
    'files that import the list of all events': importersOfAllEvents(),
    ...Object.fromEntries(
      ['domain', 'src', 'agents', 'console'].map((folder) => [
        `rooms of ${folder} in a circle`,
        roomsInACircle(folder),
      ]),
    ),
    'files that know three or more features': paths.filter(knowsManyFeatures).length,
    'functions over 100 lines': over(100),
    'functions over 70 lines': over(70),
    'files under 40 lines with one importer': smallFilesWithOneImporter(),
    'folders with more than 24 files': foldersWithManyFiles(),
    'files that name shm_size': paths.filter((path) => /shm_?[sS]ize/.test(texts.get(path))).length,
    ...Object.fromEntries(
      LOOSE.map((folder) => [
        `loose files in ${folder}`,
        paths.filter((path) => isDirectlyIn(folder, path)).length,
      ]),
    ),
    [`modules of agents outside ${DOOR} that src uses`]: agentModulesThatServersUse(),
    'scripts in package.json': Object.keys(scripts).length,
  };
}

const limitOf = (name, figure) => (name.endsWith(', lines') ? Math.ceil(figure / LINES) * LINES : figure);

function git(...args) {
  const { status, stdout } = spawnSync('git', ['-C', ROOT, ...args], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** Limits that were raised without a decision: since the last commit, or else in the last commit that changed the file. */
function raisedWithoutDecision(limits) {
  const last = git('log', '-1', '--format=%H', '--', LIMITS);
  if (!last) return [];
  const isCommitted = git('diff', '--quiet', 'HEAD', '--', LIMITS) !== undefined;
  const base = isCommitted ? `${last}^` : 'HEAD';
  const before = git('show', `${base}:${LIMITS}`);
  const changed = isCommitted
    ? git('diff', '--name-only', base, last, '--', DECISIONS)
    : git('status', '--porcelain', '--', DECISIONS);
  if (before === undefined || changed !== '') return [];
  return Object.entries(JSON.parse(before)).filter(([name, limit]) => limits[name] > limit);
}

function compare() {
  const limits = JSON.parse(readFileSync(join(ROOT, LIMITS), 'utf8'));
  const now = figures();
  if (options.all) {
    const all = paths.map((path) => linesOf.get(path));
    console.log(`product: ${sum(all)} lines, ${paths.length} files`);
    for (const [name, figure] of Object.entries(now))
      console.log(`${name}: ${figure}, at most ${limits[name] ?? 0}`);
  }
  const rose = Object.entries(now).filter(([name, figure]) => figure > (limits[name] ?? 0));
  for (const [name, figure] of rose)
    console.error(`${name}: ${figure}, at most ${limits[name] ?? 0} by ${LIMITS}`);
  const raised = raisedWithoutDecision(limits);
  for (const [name, limit] of raised)
    console.error(
      `${name}: the limit was raised from ${limit} to ${limits[name]} without a decision in ${DECISIONS}`,
    );
  const next = Object.fromEntries(Object.entries(now).map(([name, figure]) => [name, limitOf(name, figure)]));
  if (rose.length + raised.length > 0) {
    console.error(
      `Make these figures fall again, or record in ${DECISIONS} why they must rise, and change ${LIMITS} by hand in the same commit.`,
    );
    process.exitCode = 1;
  } else if (JSON.stringify(next) !== JSON.stringify(limits)) {
    writeFileSync(join(ROOT, LIMITS), `${JSON.stringify(next, undefined, 2)}\n`);
    console.log(`Figures fell: ${LIMITS} was rewritten. Commit it with the change.`);
  }
}

if (positionals[0] === 'reach') {
  const files = positionals.slice(1);
  const unknown = files.filter((file) => !texts.has(file));
  if (files.length === 0 || unknown.length > 0) {
    console.error(unknown.length > 0 ? `Unknown: ${unknown.join(', ')}` : 'Name a file.');
    process.exitCode = 2;
  } else console.log(`${need(files).length} files, ${reach(files)} lines`);
} else compare();
