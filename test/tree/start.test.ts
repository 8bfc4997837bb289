import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import t from 'tap';

const DIST = resolve(import.meta.dirname, '../..');

/** Packages that each process and thread imports at its start, except Node's own. Rarely used packages are imported later, and `better-sqlite3` is required. */
const STARTS: Readonly<Record<string, readonly string[]>> = {
  'src/cli/main.js': ['commander'],
  'src/cli/server/version.js': [],
  'src/cli/nodes/node.js': ['commander', 'openapi-fetch', 'string-width'],
  // A completion prints no tables.
  'src/cli/server/complete-names.js': ['commander', 'openapi-fetch'],
  'src/cli/tasks/task.js': ['commander', 'openapi-fetch', 'string-width'],
  'src/cli/shared/server-connections.js': [],
  'src/engine/event-store/sqlite/writer/main.js': ['lru-cache'],
  'src/fleet/scheduler/worker.js': ['croner', 'lru-cache', 'p-limit', 're2js', 'zod'],
  'src/process/agent/embedded-agent-process.js': [
    'croner',
    'dockerode',
    'fastify',
    'ipaddr.js',
    'lru-cache',
    'p-limit',
    'pino',
    're2js',
    'undici',
    'unhomoglyph',
    'zod',
  ],
  // A server loads only these before it starts its threads. It loads the rest while the threads load theirs.
  'src/process/run/run-server.js': ['croner', 'lru-cache', 'p-limit', 'pino', 're2js', 'unhomoglyph', 'zod'],
  'src/process/run/run-event-store.js': ['lru-cache', 'pino'],
  'src/process/read-side/projector.js': ['croner', 'lru-cache', 'p-limit', 're2js', 'zod'],
  'src/process/read-side/builder.js': ['croner', 'lru-cache', 'p-limit', 're2js', 'zod'],
};
/** Packages that an embedded server does not load to become ready: clients of optional services, packages for some requests, and a second schema compiler. */
const NOT_IN_A_SERVER = [
  '@eventstore/db-client',
  '@grpc/grpc-js',
  '@node-rs/argon2',
  '@opentelemetry/api',
  'ajv',
  'commander',
  'dockerode',
  'google-protobuf',
  'mongodb',
  'nats',
  'openapi-fetch',
  'prom-client',
  'undici',
  'uuid',
  'yaml',
];

function packagesOf(entry: string): string[] {
  return loadedBy(entry).packages;
}

/** Returns our own modules and the packages, sorted, that a compiled module reaches through static imports. */
function loadedBy(entry: string): { readonly own: ReadonlySet<string>; readonly packages: string[] } {
  const seen = new Set([join(DIST, entry)]);
  const packages = new Set<string>();
  for (const file of seen) {
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(
      /^(?:import|export)\s(?:[^'";]*?\sfrom\s)?["']([^"']+)["']/gm,
    )) {
      if (specifier.startsWith('node:')) continue;
      if (specifier.startsWith('.')) seen.add(resolve(dirname(file), specifier));
      else if (specifier.startsWith('#')) seen.add(join(DIST, specifier.slice(1)));
      else
        packages.add(
          specifier
            .split('/')
            .slice(0, specifier.startsWith('@') ? 2 : 1)
            .join('/'),
        );
    }
  }
  return { own: seen, packages: [...packages].sort() };
}

void t.test('processes and threads load only the packages that they need at startup', async (t) => {
  for (const [entry, packages] of Object.entries(STARTS)) t.same(packagesOf(entry), packages, entry);
});

void t.test(
  'a server becomes ready without the packages that only some servers and requests need',
  async (t) => {
    const loaded = [...packagesOf('src/process/run/run-server.js'), ...packagesOf('src/process/app.js')];
    t.ok(loaded.includes('fastify'), loaded.join(' '));
    t.same(
      loaded.filter((name) => NOT_IN_A_SERVER.includes(name)),
      [],
    );
  },
);

void t.test('the main thread of a server does not load the planner', async (t) => {
  const planner = join(DIST, 'domain/scheduling/planning/plan.js');
  t.ok(loadedBy('src/fleet/scheduler/worker.js').own.has(planner));
  for (const entry of ['src/process/run/run-server.js', 'src/process/app.js'])
    t.notOk(loadedBy(entry).own.has(planner), entry);
});
