import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { t } from 'tap';
import { ownFolder } from '../fixtures/folder.js';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../../..');

/** A tree without violations: the text of each file by its path. */
const RIGHT: Readonly<Record<string, string>> = {
  'domain/jobs/job/decider.ts':
    "import { event } from '../../kernel/event/index.js';\nexport const decider = event;\n",
  'domain/kernel/event/index.ts': 'export const event = 1;\n',
  'domain/work/index.ts':
    "import type { decider } from '../jobs/job/decider.js';\nexport type work = typeof decider;\n",
  'domain/all-events.ts': "export type { work } from './work/index.js';\n",
  'projections/jobs/jobs.ts':
    "import { decider } from '#domain/jobs/job/decider.js';\nexport const jobs = decider;\n",
  'agents/main.ts':
    "import { clock } from './platform/clock.js';\nimport { runner } from './runner/runner.js';\nexport const agent = [clock, runner];\n",
  'agents/platform/clock.ts': 'export const clock = 1;\n',
  'agents/runner/runner.ts':
    "import { decider } from '#domain/jobs/job/decider.js';\nexport const runner = decider;\n",
  'src/engine/commands/index.ts': "export { execute } from './execute.js';\n",
  'src/engine/commands/execute.ts':
    "import { clock } from '#agents/platform/clock.js';\nexport const execute = clock;\n",
  'src/engine/event-store/index.ts': 'export const store = 1;\n',
  'src/stores/eventstore-server/index.ts':
    "import { store } from '#src/engine/event-store/index.js';\nexport { worker } from './worker.js';\nexport const served = store;\n",
  'src/stores/eventstore-server/worker.ts': 'export const worker = 1;\n',
  'src/accounts/index.ts':
    "import { execute } from '#src/engine/commands/index.js';\nexport const accounts = execute;\n",
  'src/fleet/nodes/desired.ts': 'export const desired = 1;\n',
  'src/fleet/nodes/index.ts':
    "import { desired } from './desired.js';\nimport { accounts } from '#src/accounts/index.js';\nexport const nodes = [accounts, desired];\n",
  'src/http/index.ts': "import { accounts } from '#src/accounts/index.js';\nexport const http = accounts;\n",
  'src/features/history/routes.ts':
    "import { http } from '#src/http/index.js';\nimport { event } from './event.js';\nexport const history = [http, event];\n",
  'src/features/history/event.ts':
    "import { nodes } from '#src/fleet/nodes/index.js';\nexport const event = nodes;\n",
  'src/surfaces/surface.ts': "import { http } from '#src/http/index.js';\nexport const surface = http;\n",
  'src/surfaces/cluster/index.ts':
    "import { http } from '#src/http/index.js';\nimport { history } from '#src/features/history/routes.js';\nimport { jobs } from '#projections/jobs/jobs.js';\nimport { surface } from '../surface.js';\nexport const cluster = [http, history, jobs, surface];\n",
  'src/surfaces/gpu/index.ts':
    "import { http } from '#src/http/index.js';\nimport { store } from '#src/engine/event-store/index.js';\nexport const gpu = [http, store];\n",
  'src/process/index.ts': "export { app as server } from './app.js';\n",
  'src/process/app.ts': "import { fleet } from './fleet/fleet.js';\nexport const app = fleet;\n",
  'src/process/output/log.ts': 'export const log = 1;\n',
  'src/process/fleet/fleet.ts':
    "import { log } from '../output/log.js';\nimport { cluster } from '#src/surfaces/cluster/index.js';\nimport { gpu } from '#src/surfaces/gpu/index.js';\nimport { agent } from '#agents/main.js';\nimport { served } from '#src/stores/eventstore-server/index.js';\nexport const fleet = [cluster, gpu, agent, log, served];\n",
  'src/cli/main.ts': "import { server } from '#src/process/index.js';\nexport const cli = server;\n",
};

/** One violation of each rule: the expected message, and the file that is planted. */
const PLANTED: readonly (readonly [said: string, file: string, text: string])[] = [
  ['src-process-points-down: src/process/up.ts', 'src/process/up.ts', "import '#src/cli/main.js';\n"],
  [
    'src-process-points-down: src/process/fleet/up.ts',
    'src/process/fleet/up.ts',
    "import '#src/cli/main.js';\n",
  ],
  [
    'src-surfaces-points-down: src/surfaces/gpu/up.ts',
    'src/surfaces/gpu/up.ts',
    "import '#src/process/fleet/fleet.js';\n",
  ],
  [
    'a-room-is-entered-by-its-index: src/cli/inside.ts',
    'src/cli/inside.ts',
    "import '#src/process/fleet/fleet.js';\n",
  ],
  [
    'a-room-is-entered-by-its-index: src/process/fleet/inside.ts',
    'src/process/fleet/inside.ts',
    "import '#src/engine/commands/execute.js';\n",
  ],
  [
    'src-surfaces-points-down: src/surfaces/cluster/up.ts',
    'src/surfaces/cluster/up.ts',
    "import '#src/process/index.js';\n",
  ],
  [
    'src-fleet-points-down: src/fleet/nodes/up.ts',
    'src/fleet/nodes/up.ts',
    "import '#src/surfaces/cluster/index.js';\n",
  ],
  [
    'src-accounts-points-down: src/accounts/up.ts',
    'src/accounts/up.ts',
    "import '#src/fleet/nodes/index.js';\n",
  ],
  [
    'src-engine-points-down: src/engine/commands/up.ts',
    'src/engine/commands/up.ts',
    "import '#src/accounts/index.js';\n",
  ],
  [
    'src-stores-points-down: src/stores/eventstore-server/up.ts',
    'src/stores/eventstore-server/up.ts',
    "import '#src/accounts/index.js';\n",
  ],
  [
    'src-engine-points-down: src/engine/commands/served.ts',
    'src/engine/commands/served.ts',
    "import '#src/stores/eventstore-server/index.js';\n",
  ],
  [
    'a-room-is-entered-by-its-index: src/process/served.ts',
    'src/process/served.ts',
    "import '#src/stores/eventstore-server/worker.js';\n",
  ],
  ['src-cli-points-down: src/cli/tested.ts', 'src/cli/tested.ts', "import '../../test/some.js';\n"],
  [
    'domain-imports-nothing-of-ours: domain/jobs/job/up.ts',
    'domain/jobs/job/up.ts',
    "import '#src/engine/commands/index.js';\n",
  ],
  [
    'rooms-of-domain-are-in-order: domain/jobs/job/later.ts',
    'domain/jobs/job/later.ts',
    "import type { work } from '../../work/index.js';\nexport type Work = work;\n",
  ],
  [
    'rooms-of-domain-are-in-order: domain/jobs/job/all.ts',
    'domain/jobs/job/all.ts',
    "import '../../all-events.js';\n",
  ],
  ['rooms-of-domain-are-in-order: domain/new/new.ts', 'domain/new/new.ts', "import '../work/index.js';\n"],
  ['domain-knows-no-node: domain/jobs/job/files.ts', 'domain/jobs/job/files.ts', "import 'node:fs';\n"],
  ['projections-import-domain: projections/aside.ts', 'projections/aside.ts', "import '#agents/main.js';\n"],
  ['agents-import-domain: agents/aside.ts', 'agents/aside.ts', "import '#projections/jobs/jobs.js';\n"],
  [
    'src-enters-agents-by-the-platform: src/fleet/nodes/agent.ts',
    'src/fleet/nodes/agent.ts',
    "import '#agents/main.js';\n",
  ],
  [
    'src-enters-agents-by-the-platform: src/process/fleet/runner.ts',
    'src/process/fleet/runner.ts',
    "import '#agents/runner/runner.js';\n",
  ],
  [
    'the-platform-knows-no-agent: agents/platform/up.ts',
    'agents/platform/up.ts',
    "import '../runner/runner.js';\n",
  ],
  [
    'no-surface-imports-another: src/surfaces/gpu/aside.ts',
    'src/surfaces/gpu/aside.ts',
    "import '#src/surfaces/cluster/index.js';\n",
  ],
  [
    'no-surface-imports-another: src/surfaces/shared.ts',
    'src/surfaces/shared.ts',
    "import './gpu/index.js';\n",
  ],
  [
    'a-room-is-entered-by-its-index: src/fleet/inside.ts',
    'src/fleet/inside.ts',
    "import './nodes/desired.js';\n",
  ],
  [
    'the-fleet-knows-no-http: src/fleet/nodes/http.ts',
    'src/fleet/nodes/http.ts',
    "import '#src/http/index.js';\n",
  ],
  [
    'routes-of-features-are-for-surfaces: src/cli/routes.ts',
    'src/cli/routes.ts',
    "import '#src/features/history/routes.js';\n",
  ],
  ['src-http-points-down: src/http/up.ts', 'src/http/up.ts', "import '#src/fleet/nodes/index.js';\n"],
  [
    'src-features-points-down: src/features/history/up.ts',
    'src/features/history/up.ts',
    "import '#src/surfaces/gpu/index.js';\n",
  ],
  [
    'a-room-is-entered-by-its-index: src/surfaces/gpu/inside.ts',
    'src/surfaces/gpu/inside.ts',
    "import '#src/features/history/event.js';\n",
  ],
  [
    'a-room-is-entered-by-its-index: src/fleet/nodes/inside.ts',
    'src/fleet/nodes/inside.ts',
    "import '#src/engine/commands/execute.js';\n",
  ],
  [
    'a-room-is-entered-by-its-index: src/fleet/nodes/later.ts',
    'src/fleet/nodes/later.ts',
    "export const later = (): Promise<unknown> => import('#src/engine/commands/execute.js');\n",
  ],
  [
    'no-circle-of-rooms: domain/kernel/event',
    'domain/kernel/event/around.ts',
    "import '../../jobs/job/decider.js';\n",
  ],
  [
    'no-circle-of-rooms: src/engine/event-store',
    'src/engine/event-store/around.ts',
    "import '#src/engine/commands/index.js';\n",
  ],
  [
    'no-circle-of-rooms: src/engine/commands',
    'src/engine/commands/around.ts',
    "import '#src/engine/event-store/index.js';\n",
  ],
  ['no-circle: src/engine/tracing/a.ts', 'src/engine/tracing/a.ts', "export { b } from './b.js';\n"],
  [
    'no-circle: src/engine/tracing/a.ts',
    'src/engine/tracing/b.ts',
    "import './a.js';\nexport const b = 1;\n",
  ],
  ['no-unresolved: src/engine/commands/lost.ts', 'src/engine/commands/lost.ts', "import './nowhere.js';\n"],
  ['no-orphan: src/engine/commands/alone.ts', 'src/engine/commands/alone.ts', 'export const alone = 1;\n'],
  [
    'no-test-library-in-the-product: src/engine/commands/tested.ts',
    'src/engine/commands/tested.ts',
    "import 'tap';\n",
  ],
];

void t.test('accepts a tree without violations', async (t) => {
  t.equal(await check(tree(ownFolder(t), {})), '');
});

void t.test('reports the name of each rule that is violated', async (t) => {
  const planted = Object.fromEntries(PLANTED.map(([, file, text]) => [file, text]));
  const found = await check(tree(ownFolder(t), { ...planted, 'test/some.ts': 'export const some = 1;\n' }));
  for (const [said] of PLANTED) t.match(found, `error ${said}`);
});

/** Writes the tree with the planted files to a folder, with this repository's rules. */
function tree(folder: string, planted: Readonly<Record<string, string>>): string {
  for (const [file, text] of Object.entries({ ...RIGHT, ...planted })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  for (const name of ['tools/dependency-cruiser.cjs', 'tools/dependency-resolution.cjs', 'package.json'])
    cpSync(join(ROOT, name), join(folder, name));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Returns the findings of dependency-cruiser, or an empty text. */
async function check(folder: string): Promise<string> {
  const args = ['--config', 'tools/dependency-cruiser.cjs', 'domain', 'projections', 'agents', 'src'];
  const found = await run(
    process.execPath,
    [join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'), ...args],
    { cwd: folder },
  ).then(
    () => '',
    (error: { readonly stdout: string; readonly stderr: string }) => error.stdout + error.stderr,
  );
  return found;
}
