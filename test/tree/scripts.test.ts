import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import t from 'tap';

const ROOT = resolve(import.meta.dirname, '../../..');
const { scripts } = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const FOLDERS = [
  'agents',
  'console',
  'deploy',
  'docs',
  'domain',
  'examples',
  'projections',
  'src',
  'test',
  'tools',
];
const FILES = [
  ...readdirSync(ROOT),
  ...FOLDERS.flatMap((folder) =>
    readdirSync(resolve(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(
      (name) => `${folder}/${name}`,
    ),
  ),
]
  .filter((file) => !/(^|\/)(node_modules|build)\//.test(file))
  .filter((file) => /\.(md|ts|js|cjs|mjs|sh|json|ya?ml|go|cs)$|Dockerfile$/.test(file))
  .filter((file) => file !== 'test/tree/scripts.test.ts');

void t.test('package.json has at most 15 scripts, all of them simple commands', async (t) => {
  t.ok(Object.keys(scripts).length <= 15, Object.keys(scripts).join(', '));
  for (const [name, command] of Object.entries(scripts))
    t.notMatch(command.replace(/'[^']*'/g, ''), /[{;|$]|[^&]&[^&]/, name);
});

void t.test('every npm script and compiled program that is mentioned in a file exists', async (t) => {
  let named = 0;
  for (const file of FILES) {
    const text = readFileSync(resolve(ROOT, file), 'utf8');
    for (const [, name = ''] of text.matchAll(/npm run (?:--silent )?([a-z][a-z:]*)/g)) {
      named += 1;
      t.ok(Object.hasOwn(scripts, name), `${file}: npm run ${name}`);
    }
    for (const [, path = ''] of text.matchAll(/node dist\/(test\/[a-z/-]+)\.js/g)) {
      named += 1;
      t.ok(existsSync(resolve(ROOT, `${path}.ts`)), `${file}: ${path}.js`);
    }
  }
  t.ok(named > 40, `${named} mentions were found`);
});
