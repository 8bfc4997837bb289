import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import t from 'tap';

const DIST = resolve(import.meta.dirname, '../..');

/** Packages that each process and thread loads at its start, Node's own aside. What it needs only sometimes it imports then. A native part (`better-sqlite3`) is required, and stands in none. */
const STARTS: Readonly<Record<string, readonly string[]>> = {
  'src/cli/main.js': ['commander'],
  'src/cli/server/version.js': [],
  'src/cli/nodes/node.js': ['openapi-fetch'],
  'src/engine/event-store/sqlite/writer/main.js': ['lru-cache'],
  'src/fleet/scheduler/worker.js': ['croner', 'lru-cache', 'p-limit', 're2js', 'zod'],
  'src/server/embedded-agent-process.js': [
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
  // What a server loads before its threads are on their way; the rest it loads while they load theirs.
  'src/server/run-server.js': ['croner', 'lru-cache', 'p-limit', 'pino', 're2js', 'unhomoglyph', 'zod'],
  'src/server/run-event-store.js': ['croner', 'lru-cache', 'pino', 're2js', 'unhomoglyph', 'zod'],
  'src/server/workers/projector.js': ['croner', 'lru-cache', 'p-limit', 're2js', 'zod'],
  'src/server/workers/builder.js': ['croner', 'lru-cache', 'p-limit', 're2js', 'zod'],
};
/** What a server without foreign parts never needs to be ready: clients of what it may be told to use, what only some requests need, and a second set of compilers of schemas. */
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

/** Packages that a compiled module leads to by its static imports, sorted. */
function packagesOf(entry: string): string[] {
  return loadedBy(entry).packages;
}

/** Our own modules, and packages, that a compiled module leads to by its static imports. */
function loadedBy(entry: string): { readonly own: ReadonlySet<string>; readonly packages: string[] } {
  const seen = new Set([join(DIST, entry)]);
  const packages = new Set<string>();
  for (const file of seen) {
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(
      /^(?:import|export)\s(?:[^'";]*?\sfrom\s)?'([^']+)'/gm,
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

void t.test('a process or thread loads no package at its start that its work does not need', async (t) => {
  for (const [entry, packages] of Object.entries(STARTS)) t.same(packagesOf(entry), packages, entry);
});

void t.test('a server is ready without the packages that only some servers and requests need', async (t) => {
  const loaded = [...packagesOf('src/server/run-server.js'), ...packagesOf('src/server/server.js')];
  t.ok(loaded.includes('fastify'), loaded.join(' '));
  t.same(
    loaded.filter((name) => NOT_IN_A_SERVER.includes(name)),
    [],
  );
});

void t.test('a server plans nothing itself: its main thread does not load the planner', async (t) => {
  const planner = join(DIST, 'domain/scheduling/planning/plan.js');
  t.ok(loadedBy('src/fleet/scheduler/worker.js').own.has(planner));
  for (const entry of ['src/server/run-server.js', 'src/server/server.js'])
    t.notOk(loadedBy(entry).own.has(planner), entry);
});
