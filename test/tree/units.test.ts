import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import t from 'tap';
import { ownFolder } from '../fixtures/folder.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const TSC = join(ROOT, 'node_modules/typescript-7/bin/tsc');
const ROOMS = ['domain', 'projections', 'agents', 'src', 'examples'];
/** Number of lines of a page. */
const PAGE = 60;

/** A folder that is compiled by itself: it has a `tsconfig.json`. Paths are relative to the root of the checkout. */
interface Unit {
  readonly references: readonly string[];
  readonly excluded: readonly string[];
  /** File in which the compiler records what it has built. */
  readonly record: string;
}

interface Configuration {
  readonly compilerOptions?: { readonly tsBuildInfoFile?: string };
  readonly exclude?: readonly string[];
  readonly references?: readonly { readonly path: string }[];
}

type Texts = ReadonlyMap<string, string>;

function listed(room: string): string[] {
  return readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' }).map((path) => join(room, path));
}

const PATHS = ROOMS.flatMap(listed);
const UNITS: ReadonlyMap<string, Unit> = new Map(
  PATHS.filter((path) => path.endsWith('/tsconfig.json')).map((path) => [
    dirname(path),
    unitAt(dirname(path)),
  ]),
);
const SOURCES: Texts = new Map(
  PATHS.filter((path) => path.endsWith('.ts')).map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]),
);

function unitAt(folder: string): Unit {
  const text = readFileSync(join(ROOT, folder, 'tsconfig.json'), 'utf8');
  const { compilerOptions, exclude = [], references = [] } = JSON.parse(text) as Configuration;
  return {
    references: references.map(({ path }) => join(folder, path)),
    excluded: exclude.map((path) => join(folder, path)),
    record: join(folder, compilerOptions?.tsBuildInfoFile ?? ''),
  };
}

/** Returns the innermost unit that contains a file. */
function unitOf(path: string): string | undefined {
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder))
    if (UNITS.has(folder)) return folder;
  return undefined;
}

/** Imports, also of types and on demand, and the modules that threads start from. */
const IMPORT = /(?:\b(?:from|import)\s*\(?\s*|new URL\()'([#.][^']+\.js)'/g;

function importsOf(path: string, text: string): string[] {
  return Array.from(text.matchAll(IMPORT), ([, name = '']) =>
    name.startsWith('#') ? name.slice(1) : join(dirname(path), name),
  );
}

/** Returns the other units that the files import, by unit. */
function imported(texts: Texts): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map([...UNITS.keys()].map((unit) => [unit, new Set<string>()] as const));
  for (const [path, text] of texts)
    for (const other of importsOf(path, text)) {
      const [from, to] = [unitOf(path), unitOf(other)];
      if (from !== undefined && to !== undefined && from !== to) found.get(from)?.add(to);
    }
  return found;
}

function undeclared(texts: Texts): string[] {
  return [...imported(texts)].flatMap(([unit, others]) =>
    [...others]
      .filter((other) => UNITS.get(unit)?.references.includes(other) !== true)
      .map((other) => `${unit} imports ${other}`),
  );
}

void t.test('every unit declares the units that it imports, and no others', (t) => {
  t.ok(UNITS.size > 15, `${UNITS.size} units`);
  t.same(undeclared(SOURCES), [], 'the compiler would also accept what a declared unit declares');
  const imports = imported(SOURCES);
  t.same(
    [...UNITS].flatMap(([unit, { references }]) =>
      references
        .filter((other) => imports.get(unit)?.has(other) !== true)
        .map((other) => `${unit} does not need ${other}`),
    ),
    [],
  );
  t.end();
});

void t.test('finds an import of a unit that is not declared', (t) => {
  const planted = (text: string): Texts => new Map([['src/engine/commands/planted.ts', text]]);
  t.same(undeclared(planted("import { job } from '#domain/jobs/job/aggregate.js';\n")), [
    'src/engine imports domain',
  ]);
  t.same(undeclared(planted("export const later = () => import('../../stores/connect.js');\n")), [
    'src/engine imports src/stores',
  ]);
  t.same(undeclared(planted("import { event } from '#domain/kernel/event/index.js';\n")), []);
  t.end();
});

void t.test('every unit has a record of its own in dist/', (t) => {
  t.same(
    [...UNITS.values()].map(({ record }) => record),
    [...UNITS.keys()].map((unit) => `dist/${unit}/.tsbuildinfo`),
  );
  t.end();
});

void t.test('a unit does not compile the files of a unit inside it', (t) => {
  for (const unit of UNITS.keys())
    for (const [outer, { excluded }] of UNITS)
      if (unit.startsWith(`${outer}/`))
        t.ok(
          excluded.some((path) => unit === path || unit.startsWith(`${path}/`)),
          `${outer}/tsconfig.json excludes ${unit}`,
        );
  t.end();
});

void t.test('every unit inside a room has a page that describes it', (t) => {
  for (const unit of [...UNITS.keys()].filter((folder) => !ROOMS.includes(folder))) {
    const page = join(ROOT, unit, 'README.md');
    if (!t.ok(existsSync(page), `${unit} has a README.md`)) continue;
    const text = readFileSync(page, 'utf8');
    t.ok(text.split('\n').length <= PAGE, `${unit}/README.md is at most a page`);
    for (const [, path = ''] of text.matchAll(/`((?:domain|projections|agents|src|test|docs)\/[\w./-]*)`/g))
      t.ok(existsSync(join(ROOT, path)), `${path}, which ${unit}/README.md mentions, exists`);
  }
  t.end();
});

/** Stub of each unit that the engine may need, and of two that it may not. */
const STUBS: Readonly<Record<string, string>> = {
  'domain/kernel/event.ts': 'export const event = 1;\n',
  'domain/jobs/decider.ts': 'export const decider = 1;\n',
  'agents/platform/clock.ts': 'export const clock = 1;\n',
  'agents/platform/transport/link.ts': 'export const link = 1;\n',
  'src/engine/execute.ts':
    "import { event } from '#domain/kernel/event.js';\nimport { clock } from '#agents/platform/clock.js';\nexport const execute = [event, clock];\n",
};

void t.test('the compiler refuses what the engine does not declare', (t) => {
  const folder = ownFolder(t);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const name of ['package.json', 'tsconfig.base.json']) cpSync(join(ROOT, name), join(folder, name));
  for (const [path, text] of Object.entries(STUBS)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const unit of ['domain/kernel', 'agents/platform', 'src/engine'])
    cpSync(join(ROOT, unit, 'tsconfig.json'), join(folder, unit, 'tsconfig.json'));
  const compile = (): string => {
    const { stdout, stderr } = spawnSync(process.execPath, [TSC, '-b', 'src/engine', '--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return stdout + stderr;
  };

  t.equal(compile(), '');
  writeFileSync(
    join(folder, 'src/engine/planted.ts'),
    "import type { decider } from '#domain/jobs/decider.js';\nimport { link } from '#agents/platform/transport/link.js';\nexport const planted: [typeof decider, unknown] = [1, link];\n",
  );
  const refused = compile();
  for (const path of ['domain/jobs/decider.ts', 'agents/platform/transport/link.ts'])
    t.match(
      refused,
      new RegExp(`src/engine/planted\\.ts.*TS6307.*${path}`),
      `${path} is in no unit that the engine declares`,
    );
  t.notOk(existsSync(join(folder, 'domain/jobs/decider.d.ts')), 'nothing is written among the sources');
  t.end();
});
