/**
 * Imports point one way, and a room is entered by its index. `npm run lint` checks these rules.
 * Each folder directly below `src/engine`, `src/stores`, `src/features`, `src/fleet` and `src/surfaces` is a room, and so is each other folder of `src`.
 * A file directly below one of these is a room of its own. In `domain`, `projections` and `agents`, each folder is a room.
 * `src` imports only the platform of `agents`. The process also imports `agents/main.ts` and `agents/settings.ts`.
 * Modules that are loaded on demand (`import()`) and those that a thread starts from (`new URL`) count like any import.
 */

/** Layers from top to bottom. Each may import only layers below it. */
const LAYERS = [
  'src/cli',
  'src/process',
  'src/surfaces',
  'src/features',
  'src/fleet',
  'src/http',
  'src/accounts',
  'src/messaging',
  'src/stores',
  'src/engine',
];
const PROCESS = '^src/process/';
const within = (layer) => `${layer}/`;

const upward = LAYERS.map((layer, place) => ({
  name: `${layer.replace('/', '-')}-points-down`,
  comment: `${layer} must not import from ${LAYERS.slice(0, place).join(', ') || 'any layer above'}: imports point one way`,
  severity: 'error',
  from: { path: `^${within(layer)}` },
  to: { path: `^(${[...LAYERS.slice(0, place).map(within), 'test/'].join('|')})` },
}));

/** Rooms of `domain` from bottom to top. Each may import only rooms before it. */
const DOMAIN_ROOMS = [
  'kernel',
  'cluster',
  'drivers',
  'accounts',
  'jobs',
  'protocol',
  'nodes',
  'allocations',
  'volumes',
  'scheduling',
  'work',
  'gpu',
  'environments',
  'tasks',
  'services',
  'nomad',
  'explain',
];

const domainRooms = [
  ...DOMAIN_ROOMS.map((room, place) => ({
    name: 'rooms-of-domain-are-in-order',
    comment: `domain/${room} must not import from ${[...DOMAIN_ROOMS.slice(place + 1), 'all-events.ts'].join(', ')}`,
    severity: 'error',
    from: { path: `^domain/${room}/` },
    to: { path: `^domain/(all-events\\.ts$|(${DOMAIN_ROOMS.slice(place + 1).join('|')})/)` },
  })),
  {
    name: 'rooms-of-domain-are-in-order',
    comment: 'add the new room to the list of rooms',
    severity: 'error',
    from: { path: '^domain/[^/]+/', pathNot: `^domain/(${DOMAIN_ROOMS.join('|')})/` },
    to: {},
  },
];

/** Files by which rooms are entered. A feature with routes has a second one, so that programs that only use the feature do not load HTTP. */
const FACES = [
  '^src/(engine|stores|features|fleet|surfaces)/[^/]+/index\\.ts$',
  '^src/features/[^/]+/routes\\.ts$',
  '^src/(http|accounts|messaging|process|cli)/index\\.ts$',
  '^src/(features|fleet|stores|engine|surfaces)/[^/]+\\.ts$',
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...upward,
    ...domainRooms,
    {
      name: 'domain-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^domain/' },
      to: { path: '^(projections|agents|src|test)/' },
    },
    {
      name: 'domain-knows-no-node',
      comment: 'no imports of Node modules, or of libraries that need them',
      severity: 'error',
      from: { path: '^(domain|projections)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'projections-import-domain',
      severity: 'error',
      from: { path: '^projections/' },
      to: { path: '^(agents|src|test)/' },
    },
    {
      name: 'agents-import-domain',
      severity: 'error',
      from: { path: '^agents/' },
      to: { path: '^(projections|src|test)/' },
    },
    {
      name: 'src-enters-agents-by-the-platform',
      comment: 'code shared by the server and the agent belongs in agents/platform',
      severity: 'error',
      from: { path: '^src/', pathNot: PROCESS },
      to: { path: '^agents/', pathNot: '^agents/platform/' },
    },
    {
      name: 'src-enters-agents-by-the-platform',
      comment: 'the server process also runs an agent, so it may import the agent and its settings',
      severity: 'error',
      from: { path: PROCESS },
      to: { path: '^agents/', pathNot: ['^agents/platform/', '^agents/(main|settings)\\.ts$'] },
    },
    {
      name: 'the-platform-knows-no-agent',
      severity: 'error',
      from: { path: '^agents/platform/' },
      to: { path: '^agents/', pathNot: '^agents/platform/' },
    },
    {
      name: 'no-surface-imports-another',
      comment:
        'code that two surfaces need belongs in a file directly below src/surfaces, in a feature or in src/http',
      severity: 'error',
      from: { path: '^src/surfaces/([^/]+)/' },
      to: { path: '^src/surfaces/[^/]+/', pathNot: '^src/surfaces/$1/' },
    },
    {
      name: 'a-room-is-entered-by-its-index',
      severity: 'error',
      from: { path: '^src/((?:engine|stores|features|fleet|surfaces)/[^/]+|[^/]+)/' },
      to: {
        path: '^src/((engine|stores|features|fleet|surfaces)/[^/]+/.+|(http|accounts|messaging|process|cli)/.+)',
        pathNot: ['^src/$1/', ...FACES],
      },
    },
    {
      name: 'a-room-is-entered-by-its-index',
      comment: 'a file that is a room of its own is not inside the rooms around it',
      severity: 'error',
      from: { path: '^src/(engine|features|fleet)/[^/]+\\.ts$' },
      to: { path: '^src/$1/[^/]+/', pathNot: FACES },
    },
    {
      name: 'no-surface-imports-another',
      comment: 'a file that surfaces share knows none of them',
      severity: 'error',
      from: { path: '^src/surfaces/[^/]+\\.ts$' },
      to: { path: '^src/surfaces/[^/]+/' },
    },
    {
      name: 'the-fleet-knows-no-http',
      comment: 'threads of the scheduler and the dispatcher must not load it',
      severity: 'error',
      from: { path: '^src/(fleet|features/(archive|backup|job-files|transparency|what-if|yaml|zone-data))/' },
      to: { path: '^src/http/' },
    },
    {
      name: 'routes-of-features-are-for-surfaces',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(surfaces|process)/' },
      to: { path: '^src/features/[^/]+/routes\\.ts$' },
    },
    {
      name: 'nobody-imports-the-console',
      comment: 'the console is a program for browsers',
      severity: 'error',
      from: { path: '^(domain|projections|agents|src)/' },
      to: { path: '^console/' },
    },
    {
      name: 'the-console-imports-nothing-of-ours',
      comment:
        'the console uses the server only through its API, whose types are generated into console/generated',
      severity: 'error',
      from: { path: '^console/' },
      to: { path: '^(domain|projections|agents|src|test)/' },
    },
    {
      name: 'no-room-of-the-console-imports-another',
      comment: 'code that two rooms need belongs in parts, why, moment, api or app',
      severity: 'error',
      from: { path: '^console/rooms/([^/]+)/' },
      to: { path: '^console/rooms/', pathNot: '^console/rooms/$1/' },
    },
    {
      name: 'parts-of-the-console-know-no-api',
      severity: 'error',
      from: { path: '^console/parts/' },
      to: { path: '^console/(api|app|moment|why|rooms|generated)/' },
    },
    {
      name: 'the-frame-of-the-console-knows-no-room',
      severity: 'error',
      from: { path: '^console/(api|app|moment|why)/' },
      to: { path: '^console/rooms/' },
    },
    {
      name: 'no-circle-of-rooms',
      scope: 'folder',
      severity: 'error',
      from: { path: '^(domain|agents|src)(/|$)' },
      to: { circular: true },
    },
    {
      name: 'no-circle',
      comment: 'no import cycles between files',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-orphan',
      comment:
        'no file imports this one (the types of the console API are exempt: they are for its page and for tests)',
      severity: 'error',
      from: {
        orphan: true,
        path: '^(domain|projections|agents|src)/',
        pathNot: '(\\.d\\.ts|^src/cli/generated/console\\.ts)$',
      },
      to: {},
    },
    {
      name: 'no-test-library-in-the-product',
      severity: 'error',
      from: { path: '^(domain|projections|agents|src)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    webpackConfig: { fileName: 'tools/dependency-resolution.cjs' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|node_modules|data)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
    moduleSystems: ['es6', 'cjs'],
  },
};
