import { readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { GenerationStore } from '#agents/drivers/conda/generations/store.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { modulePackage, pythonPackage } from '../../../fixtures/conda/channel.js';
import { rattlerScene, TO_INDEX } from './scene.js';

/** An agent whose `sync` records the names in the store at its start and then runs normally, or runs `instead`. */
async function scene(t: Test, instead = 'exec /usr/bin/sync "$@"') {
  const bin = ownFolder(t);
  await mkdir(path.join(bin, 'seen'));
  const program = path.join(bin, 'sync');
  await writeFile(
    program,
    `#!/bin/sh\n(cd "$2" && ls && find files packages -type f) >"${bin}/seen/$(ls ${bin}/seen | wc -l)"\n${instead}\n`,
  );
  for (const each of [bin, program]) await chmod(each, 0o755);
  const made = await rattlerScene(
    t,
    [
      pythonPackage(),
      modulePackage('large', { noarch: 'generic', files: { 'share/large': 'x'.repeat(9000) } }),
    ],
    {
      conda: { environment: { ...TO_INDEX, PATH: `${bin}:/usr/bin:/bin` } },
    },
  );
  if (made === undefined) return undefined;
  const seen = (time: number): string => readFileSync(path.join(bin, 'seen', String(time)), 'utf8');
  return { ...made, seen, store: GenerationStore.of(path.join(made.dataDir, 'agent/conda'), 'tenant one') };
}

void t.test(
  'publishes an environment and its packages only after they have been synced to disk',
  async (t) => {
    const made = await scene(t);
    if (made === undefined) return;
    const { result } = await made.build({ specs: ['large', 'python'] });
    if (result.outcome !== 'built') return t.fail();
    t.ok(await made.store.ready(result.hash));
    const named = new RegExp(`^${result.hash}(\\.json)?$|^packages/|^files/`, 'm');
    t.notMatch(made.seen(0), named, 'the output of the tools is synced before any file is published');
    t.notMatch(
      made.seen(1),
      /^packages\/|^[0-9a-f]{64}(\.json)?$/m,
      'everything else is synced before the packages and the environment are published',
    );
  },
);

void t.test('does not publish an environment that cannot be written to disk', async (t) => {
  const made = await scene(t, 'echo "sync: error syncing: Input/output error" >&2; exit 1');
  if (made === undefined) return;
  const { result } = await made.build({ specs: ['large', 'python'], tenant: 'one' }, 'failed');
  t.match(result, {
    outcome: 'failed',
    step: 'install',
    failed: [],
    error: /the environment cannot be written to disk: .*Input\/output error/s,
  });
  t.notMatch(made.seen(0), /^[0-9a-f]{64}$/m);
});
