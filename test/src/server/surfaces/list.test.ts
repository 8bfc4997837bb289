import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import t from 'tap';
import { AGGREGATES } from '#domain/event-types/index.js';
import { SURFACES } from '#src/server/surfaces/list.js';
import { loadSurfaces } from '#src/server/surfaces/load.js';

const run = promisify(execFile);

void t.test('every aggregate belongs to an entry, and no two entries have a name', async (t) => {
  const names = SURFACES.map(({ name }) => name);
  t.equal(new Set(names).size, names.length);
  for (const { category, owner } of AGGREGATES) t.ok(names.includes(owner), `${category} is of ${owner}`);
});

void t.test('what serves nothing of its own is no surface of the API', async (t) => {
  t.same(
    (await loadSurfaces()).map(({ declaration }) => declaration.name),
    ['cluster', 'audit', 'gpu', 'tasks', 'conda', 'services'],
  );
});

void t.test('a thread that folds the log, and the command line, load nothing that serves', async (t) => {
  const loaded = async (module: string): Promise<string> => {
    const script = `await import(${JSON.stringify(new URL(`../../../../src/${module}`, import.meta.url).href)});
      console.log(Object.keys((await import('node:module')).default._cache).join('\\n'));`;
    return (await run(process.execPath, ['--input-type=module', '--eval', script])).stdout;
  };
  t.match(await loaded('server/api/server.js'), /node_modules\/fastify\//, 'it would be seen');
  t.notMatch(await loaded('server/folds.js'), /node_modules\/(fastify|@fastify)\//);
  t.notMatch(await loaded('cli/program.js'), /node_modules\/(fastify|@fastify)\//);
});
