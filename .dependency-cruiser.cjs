/**
 * The one rule of the tree: imports point one way, and a room is entered by its index. `npm run lint` checks it.
 * A room is each folder directly below `src/engine`, `src/fleet` and `src/surfaces`, and each other folder of `src`;
 * a file directly below `src/engine` or `src/fleet` is a room of its own. In `domain`, `projections` and `agents` it is each folder.
 * What is loaded on demand (`import()`) and what a thread starts from (`new URL`) counts like any import.
 */

/** From the top: each may import what stands below it in the list, and nothing above. */
const LAYERS = ['src/cli', 'src/server', 'src/surfaces', 'src/fleet', 'src/accounts', 'src/engine'];

const upward = LAYERS.map((layer, place) => ({
  name: `${layer.replace('/', '-')}-points-down`,
  comment: `${layer} imports nothing of ${LAYERS.slice(0, place).join(', ') || 'nobody'}: imports point one way`,
  severity: 'error',
  from: { path: `^${layer}/` },
  to: { path: place === 0 ? '^test/' : `^(${[...LAYERS.slice(0, place), 'test'].join('|')})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...upward,
    { name: 'domain-imports-nothing-of-ours', severity: 'error', from: { path: '^domain/' }, to: { path: '^(projections|agents|src|test)/' } },
    { name: 'domain-knows-no-node', comment: 'neither Node nor a library that needs it', severity: 'error', from: { path: '^(domain|projections)/' }, to: { dependencyTypes: ['core'] } },
    { name: 'projections-import-domain', severity: 'error', from: { path: '^projections/' }, to: { path: '^(agents|src|test)/' } },
    { name: 'agents-import-domain', severity: 'error', from: { path: '^agents/' }, to: { path: '^(projections|src|test)/' } },
    {
      name: 'no-surface-imports-another',
      comment: 'what two surfaces need is in the kit or below',
      severity: 'error',
      from: { path: '^src/surfaces/([^/]+)/' },
      to: { path: '^src/surfaces/', pathNot: ['^src/surfaces/$1/', '^src/surfaces/kit/'] },
    },
    { name: 'the-kit-knows-no-surface', severity: 'error', from: { path: '^src/surfaces/kit/' }, to: { path: '^src/surfaces/', pathNot: '^src/surfaces/kit/' } },
    {
      name: 'a-room-is-entered-by-its-index',
      severity: 'error',
      from: { path: '^src/((?:engine|fleet|surfaces)/[^/]+|[^/]+)/' },
      to: { path: '^src/((engine|fleet|surfaces)/[^/]+/.+|(accounts|server|cli)/.+)', pathNot: ['^src/$1/', '^src/(engine|fleet|surfaces)/[^/]+/index\\.ts$', '^src/(accounts|server|cli)/index\\.ts$'] },
    },
    { name: 'no-circle-of-rooms', scope: 'folder', severity: 'error', from: { path: '^(domain|agents|src)(/|$)' }, to: { circular: true } },
    { name: 'no-circle', comment: 'of files', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'no-orphan', comment: 'nobody imports it', severity: 'error', from: { orphan: true, path: '^(domain|projections|agents|src)/', pathNot: '\\.d\\.ts$' }, to: {} },
    { name: 'no-test-library-in-the-product', severity: 'error', from: { path: '^(domain|projections|agents|src)/' }, to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] } },
  ],
  options: {
    tsPreCompilationDeps: true,
    webpackConfig: { fileName: '.dependency-resolution.cjs' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|node_modules|data)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'], extensions: ['.ts', '.js', '.json'] },
    moduleSystems: ['es6', 'cjs'],
  },
};
