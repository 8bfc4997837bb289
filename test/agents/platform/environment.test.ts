import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { dataDirectory, proxyVariables, variable, VARIABLES } from '#agents/platform/environment.js';

const ROOT = resolve(import.meta.dirname, '../../../..');

/** Hands all variables on: to the settings, to a program, or to a task that names them itself. */
const ALL =
  /(?:readSettings\(|\.\.\.|: |\? )process\.env(?![.[])|Object\.values\(process\.env\)|process\.env\[(?:each|CREDENTIALS)\]/g;

const sources = ['src/cli', 'agents'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file}`)
    .filter((file) => file.endsWith('.ts') && file !== 'agents/platform/environment.ts')
    .map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') })),
);

void t.test('commands and agents read exactly the variables that are declared', async (t) => {
  const read = sources.flatMap(({ text }) =>
    [...text.matchAll(/\b(?:variable|secretSetting)\(\s*'(\w+)'/g)].map(([, name = '']) => name),
  );
  const proxies = Object.keys(proxyVariables()).filter((name) => name === name.toUpperCase());
  t.same([...new Set([...read, ...proxies])].sort(), Object.keys(VARIABLES).sort());
});

void t.test('commands and agents read no variable by another way', async (t) => {
  const others = sources.filter(({ text }) => text.replace(ALL, '').includes('process.env'));
  t.same(
    others.map(({ file }) => file),
    [],
  );
});

void t.test('reads a variable that is set but empty as one that is not set', async (t) => {
  t.intercept(process, 'env', {
    value: { MUSTER_SERVER_URL: '', MUSTER_DATA_DIR: '', XDG_CONFIG_HOME: '/a' },
  });
  t.equal(variable('MUSTER_SERVER_URL'), undefined);
  t.equal(variable('XDG_CONFIG_HOME'), '/a');
  t.equal(dataDirectory(), './data');
});
