// Compares figures of the code with tools/ratchet.json. A figure that fell is written there. A figure that rose is an error: make it fall again, or change the
// file by hand in the same commit and say why in its body. `npm run lint` runs this.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

/** The checkout, or the folder that the first argument names. */
const ROOT = resolve(process.argv[2] ?? dirname(import.meta.dirname));
const FILE = join(ROOT, 'tools/ratchet.json');
const FOLDERS = ['domain', 'projections', 'agents', 'src', 'console'].filter((folder) =>
  existsSync(join(ROOT, folder)),
);
const GENERATED = /^(src\/cli|console|domain\/tasks\/schedule)\/generated\//;
const LONG_FUNCTION = 100;
/** Folders whose files should be in rooms of their own. */
const LOOSE = ['agents', 'src', 'src/server', 'src/cli', 'src/surfaces/kit'];
/** The part of `agents` that `src` may use. */
const DOOR = 'agents/platform/';

const sources = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path}`)
    .filter((path) => /\.tsx?$/.test(path) && !GENERATED.test(path)),
).map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

function longFunctions({ path, text }) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const line = (position) => file.getLineAndCharacterOfPosition(position).line;
  let count = 0;
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body !== undefined)
      count += line(node.end) - line(node.getStart(file)) >= LONG_FUNCTION ? 1 : 0;
    ts.forEachChild(node, visit);
  };
  visit(file);
  return count;
}

function agentModulesThatServersUse() {
  const used = new Set();
  for (const { text } of sources.filter(({ path }) => path.startsWith('src/')))
    for (const [, name] of text.matchAll(/(?:from|import\() ?'(?:#|(?:\.\.\/)+)(agents\/[^']+)'/g))
      if (!name.startsWith(DOOR)) used.add(name);
  return used.size;
}

const isDirectlyIn = (folder, path) => dirname(path) === folder;

function figures() {
  const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
  const characters = FOLDERS.map((folder) => [
    `characters in ${folder}`,
    sum(sources.filter(({ path }) => path.startsWith(`${folder}/`)).map(({ text }) => text.length)),
  ]);
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return {
    ...Object.fromEntries(characters),
    [`functions over ${LONG_FUNCTION} lines`]: sum(sources.map(longFunctions)),
    ...Object.fromEntries(
      LOOSE.map((folder) => [
        `loose files in ${folder}`,
        sources.filter(({ path }) => isDirectlyIn(folder, path)).length,
      ]),
    ),
    [`modules of agents outside ${DOOR} that src uses`]: agentModulesThatServersUse(),
    'scripts in package.json': Object.keys(scripts).length,
  };
}

const before = JSON.parse(readFileSync(FILE, 'utf8'));
const now = figures();
const rose = Object.entries(now).filter(([name, figure]) => figure > (before[name] ?? 0));
for (const [name, figure] of rose)
  console.error(`${name}: ${figure}, at most ${before[name] ?? 0} by tools/ratchet.json`);
if (rose.length > 0) {
  console.error(
    'Make these figures fall again, or change the file by hand and say why in the body of the commit.',
  );
  process.exitCode = 1;
} else if (Object.entries(before).some(([name, figure]) => figure !== now[name])) {
  writeFileSync(FILE, `${JSON.stringify(now, undefined, 2)}\n`);
  console.log('Figures fell: tools/ratchet.json was rewritten. Commit it with the change.');
}
