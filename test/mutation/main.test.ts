import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import ts from 'typescript';
import { required } from '../fixtures/requirement.js';
import { mutantsBelow, sampled } from './mutant.js';
import { Reach } from './reach.js';

/** Writes a small program with its test, and compiles both. */
function program(t: Test, sources: Readonly<Record<string, string>>): string {
  const root = t.testdir({ 'package.json': '{ "type": "module", "imports": { "#*": "./dist/*" } }' });
  symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'));
  for (const [source, text] of Object.entries(sources)) {
    const module = join(root, 'dist', source.replace(/\.ts$/, '.js'));
    const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, sourceMap: true };
    const { outputText, sourceMapText = '' } = ts.transpileModule(text, {
      compilerOptions: options,
      fileName: source,
    });
    for (const [file, content] of [
      [join(root, source), text],
      [module, outputText],
      [`${module}.map`, sourceMapText],
    ] as const) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }
  return root;
}

const SOURCES = {
  'domain/toll.ts': `export function toll(age: number): number {
  if (age < 6) return 0;
  return age >= 65 ? 5 : 10;
}
export function unused(age: number): boolean {
  return age > 100;
}
`,
  'test/domain/toll.test.ts': `import t from 'tap';
import { toll } from '#domain/toll.js';
void t.test('a child and an adult', async (t) => {
  t.equal(toll(5), 0);
  t.equal(toll(6), 10);
  t.equal(toll(70), 5);
});
`,
};

void t.test('reports surviving mutants and mutants that no test runs, with their positions', async (t) => {
  if (!required(t, canUnshare(), 'the right to make a process namespace (root)')) return;
  const root = program(t, SOURCES);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(process.cwd(), 'dist/test/mutation/main.js'), 'domain'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  t.equal(status, 0, stderr);
  const lines = stdout.split('\n');
  t.match(
    stdout,
    /^survived: domain\/toll\.ts:3 \[bound\] age >= 65 → /m,
    'the mutant at 65 survives, because no test covers that age',
  );
  t.notMatch(stdout, /survived: domain\/toll\.ts:2/, 'the mutants at 6 are killed');
  t.match(stdout, /^not run: domain\/toll\.ts:6 \[bound\] age > 100/m);
  t.match(lines.at(-2), /^\| all \|/);
  t.notMatch(stdout, /left out/);
});

void t.test(
  'tests of the same folder detect mutants in code that runs only in a killed process',
  async (t) => {
    if (!required(t, canUnshare(), 'the right to make a process namespace (root)')) return;
    const root = program(t, {
      'src/bell.ts':
        "function ring() {\n  process.stdout.write('ring');\n}\nring();\nsetTimeout(() => undefined, 500);\n",
      'test/src/bell.test.ts': `import { spawn } from 'node:child_process';
import t from 'tap';
void t.test('it rings', async (t) => {
  const child = spawn(process.execPath, [new URL('../../src/bell.js', import.meta.url).pathname]);
  const said = await new Promise<unknown>((resolve) => {
    child.stdout.once('data', resolve);
    child.once('exit', resolve);
  });
  child.kill('SIGKILL');
  t.equal(String(said), 'ring');
});
`,
    });
    const { stdout } = spawnSync(
      process.execPath,
      [join(process.cwd(), 'dist/test/mutation/main.js'), 'src'],
      { cwd: root, encoding: 'utf8' },
    );
    // On a busy machine a mutant may time out instead of failing. Both count as noticed.
    t.match(stdout.split('\n').at(-2), /^\| all \| (\d+) \| \1 \| \d+ \| \d+ \| 0 \| 0 \| 100 %/);
    t.match(stdout, /^2 of 2 mutants/);
  },
);

void t.test(
  'samples the given number of mutants from each folder, and the same ones for the same seed',
  async (t) => {
    const root = program(t, SOURCES);
    const all = mutantsBelow(root, 'domain');
    t.ok(all.length > 8);
    t.same(sampled(all, 4, 'a').length, 4);
    t.same(sampled(all, 4, 'a'), sampled(all, 4, 'a'));
    t.notSame(sampled(all, 4, 'a'), sampled(all, 4, 'b'));
    t.same(sampled(all, 1_000, 'a'), all);
  },
);

void t.test(
  'the nearest tests are those of the same folder, followed only by tests that reach the module',
  async (t) => {
    const root = program(t, {
      ...SOURCES,
      'src/desk.ts': "import { toll } from '#domain/toll.js';\nexport const price = toll(30);\n",
      'src/alone.ts': 'export const one = 1;\n',
      'test/src/desk.test.ts': "import { price } from '#src/desk.js';\nvoid price;\n",
      'test/src/alone.test.ts': "import { one } from '#src/alone.js';\nvoid one;\n",
    });
    const reach = new Reach(root);
    t.same(reach.nearest('dist/domain/toll.js', 5), [
      'dist/test/domain/toll.test.js',
      'dist/test/src/desk.test.js',
    ]);
    t.same(reach.nearest('dist/domain/toll.js', 1), ['dist/test/domain/toll.test.js']);
  },
);

function canUnshare(): boolean {
  return spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0;
}
