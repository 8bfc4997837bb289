import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import t from 'tap';
import { AGGREGATES } from '#test/fixtures/muster-events.js';
import { SURFACES } from '#src/process/surfaces/list.js';
import { loadSurfaces } from '#src/process/surfaces/load.js';

const run = promisify(execFile);

void t.test('assigns every aggregate to an existing surface, and surface names are unique', async (t) => {
  const names = SURFACES.map(({ name }) => name);
  t.equal(new Set(names).size, names.length);
  for (const { category, owner } of AGGREGATES)
    t.ok(names.includes(owner), `${category} belongs to ${owner}`);
});

void t.test('loads only the surfaces that serve routes', async (t) => {
  t.same(
    (await loadSurfaces()).map(({ declaration }) => declaration.name),
    ['cluster', 'audit', 'console', 'gpu', 'tasks', 'conda', 'services'],
  );
});

void t.test('loads no routes in fold threads or the command line', async (t) => {
  const loaded = async (module: string): Promise<string> => {
    const script = `await import(${JSON.stringify(new URL(`../../../../src/${module}`, import.meta.url).href)});
      console.log(Object.keys((await import('node:module')).default._cache).join('\\n'));`;
    return (await run(process.execPath, ['--input-type=module', '--eval', script])).stdout;
  };
  t.match(
    await loaded('process/http/server.js'),
    /node_modules\/fastify\//,
    'the check detects fastify where it is loaded',
  );
  t.notMatch(await loaded('process/read-side/folds.js'), /node_modules\/(fastify|@fastify)\//);
  t.notMatch(await loaded('cli/program.js'), /node_modules\/(fastify|@fastify)\//);
});
