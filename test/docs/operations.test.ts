import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { ALL_ERRORS } from '#domain/all-events.js';
import { settingDefaults, settingsTable } from '#src/process/settings/table.js';
import { PATIENCE } from '../fixtures/eventually.js';
import { parsePrometheus } from '../fixtures/prometheus-text.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';
import { variablesTable, writtenTable, writtenVariables } from './settings-page.js';

t.setTimeout(300_000 * PATIENCE);

const root = resolve(import.meta.dirname, '../../..');
const text = readFileSync(join(root, 'docs/operations.md'), 'utf8');
const program = ['src', 'agents']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(root, folder, name), 'utf8')),
  )
  .join('\n');
const alerts = readFileSync(join(root, 'deploy/prometheus/alerts.yml'), 'utf8');

void t.test('the table of settings lists every setting and its default', async (t) => {
  const rows = new Map(
    [...text.matchAll(/^\| `(MUSTER_\w+)` \| (.+) \| (.+) \|$/gm)].map(([, name = '', , standard = '']) => [
      name,
      standard,
    ]),
  );
  const defaults = settingDefaults();
  t.same([...rows.keys()].sort(), [...defaults.keys()].sort());
  for (const [name, standard] of rows) {
    const value = defaults.get(name);
    if (value !== undefined && !(Array.isArray(value) && value.length === 0))
      t.equal(standard, `\`${Array.isArray(value) ? value.join(',') : String(value)}\``, name);
    else t.notMatch(standard, /^`[^`]*`$/, `${name} has no separate default`);
  }
});

void t.test('the table of settings matches their declarations', async (t) => {
  t.equal(
    writtenTable(),
    settingsTable(),
    'the table is up to date; if not, run node dist/test/docs/write-settings.js',
  );
});

void t.test('the table of variables matches their declarations', async (t) => {
  t.equal(writtenVariables(), variablesTable());
});

void t.test('every error code on the page is in the table of errors', async (t) => {
  for (const [code] of text.matchAll(/MUSTER_E_[A-Z_]+/g)) t.ok(ALL_ERRORS.has(code), code);
});

void t.test('every log code on the page is in the source', async (t) => {
  const section = text.slice(text.indexOf('## What each failure looks like'), text.indexOf('## Security'));
  const codes = [...section.matchAll(/`([a-z]+[.-][a-z-]+)`/g)].map(([, code = '']) => code);
  t.ok(codes.length > 5);
  for (const code of codes) t.ok(program.includes(`'${code}'`), code);
});

void t.test('every command and script on the pages about operations and testing exists', async (t) => {
  const documents = `${text}${readFileSync(join(root, 'docs/testing.md'), 'utf8')}`;
  const help = async (...args: string[]): Promise<string> => (await muster([...args, '--help'])).stdout;
  const named = new Set(
    [...documents.matchAll(/`muster ([a-z]+)( [a-z-]+)?(?=[ `])/g)].map(
      ([, command = '', sub = '']) => `${command}${sub}`,
    ),
  );
  t.ok(named.size > 5);
  const known = await help();
  const groups = new Map<string, string>();
  for (const line of named) {
    const [command = '', sub] = line.split(' ');
    if (!t.match(known, new RegExp(`^  ${command}\\b`, 'm'), `muster ${command}`) || sub === undefined)
      continue;
    if (!groups.has(command)) groups.set(command, await help(command));
    const own = groups.get(command) ?? '';
    if (own.includes('Commands:')) t.match(own, new RegExp(`^  ${sub}\\b`, 'm'), `muster ${command} ${sub}`);
  }
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  for (const [, script = ''] of documents.matchAll(/npm run ([a-z:]+)/g))
    t.ok(Object.hasOwn(scripts, script), `npm run ${script}`);
});

void t.test('the page lists exactly the alerts that exist', async (t) => {
  const { groups } = parse(alerts) as { groups: { rules: { alert: string }[] }[] };
  const told = new Set([...text.matchAll(/`(Muster[A-Z]\w+)`/g)].map(([, name = '']) => name));
  t.same([...told].sort(), groups.flatMap(({ rules }) => rules.map(({ alert }) => alert)).sort());
});

void t.test('every metric on the page or in an alert is exposed by a server', async (t) => {
  const server = await startServer(t);
  // An embedded server does not expose every metric (those for NATS, for example), so names in the source are accepted too.
  const told = [
    ...parsePrometheus((await server.api.get('/metrics')).text).keys(),
    ...[...program.matchAll(/'(muster_[a-z0-9_]+)'/g)].map(([, name = '']) => name),
  ];
  for (const [name] of `${text}${alerts}`.matchAll(/\bmuster_[a-z0-9_]+\*?/g)) {
    if (name.endsWith('*'))
      t.ok(
        told.some((each) => each.startsWith(name.slice(0, -1))),
        name,
      );
    else t.ok(told.includes(name) || told.includes(name.replace(/_(bucket|count|sum)$/, '')), name);
  }
});
