import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import t from 'tap';
import { PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { required } from '../fixtures/requirement.js';
import { installed, run } from './toolbox.js';

t.setTimeout(280_000 * PATIENCE);

const ROOT = resolve(import.meta.dirname, '../../..');

/** Documented generators that are not tested here: two need .NET, two are npm packages that nothing else in this repository needs. */
const ELSEWHERE = ['nswag', 'kiota', '@hey-api/openapi-ts', 'orval'];

void t.test('the commands in docs/api.md that generate clients run as written', async (t) => {
  const [java, python, go, ogen] = [
    installed('java'),
    installed('python'),
    installed('go'),
    installed('ogen'),
  ];
  const all = java !== undefined && python !== undefined && go !== undefined && ogen !== undefined;
  if (!required(t, all, 'every generator (npm test -- clients installs them)') || !all) return;
  const commands = [
    ...readFileSync(join(ROOT, 'docs/api.md'), 'utf8').matchAll(
      /^\|[^|]*\| `([^`]* openapi\/cluster\.json[^`]*|[^`]*:openapi\/cluster\.json[^`]*)` *\|$/gm,
    ),
  ].map(([, command = '']) => command);
  t.equal(commands.length, 13, 'each row has one command');
  const elsewhere = commands
    .map((command) => command.split(' ').find((word) => word !== 'npx') ?? '')
    .filter((program) => ELSEWHERE.includes(program));
  t.same(elsewhere, ELSEWHERE, 'the documented generators that are not run here are the expected ones');

  const env = {
    PATH: [join(python, 'bin'), go, ogen, process.env['PATH']].join(delimiter),
    JAVA_TOOL_OPTIONS: '-XX:TieredStopAtLevel=1',
    npm_config_offline: 'true',
  };
  const jars = readdirSync(java).filter((name) => name.startsWith('openapi-generator-cli-'));
  for (const command of commands) {
    if (ELSEWHERE.some((program) => command.split(' ').slice(0, 2).includes(program))) continue;
    const cwd = ownFolder(t);
    for (const name of jars) symlinkSync(join(java, name), join(cwd, name));
    for (const name of ['openapi', 'node_modules']) symlinkSync(join(ROOT, name), join(cwd, name));
    await run(command.split(' '), { cwd, env });
    const output = / (?:-o|--output-path|-target) (\S+)/.exec(command)?.[1] ?? '';
    t.ok(existsSync(join(cwd, output)), `${output} was created by ${command}`);
  }
});
