import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { BUILD_ID, GenerationStore } from '#agents/drivers/conda/generations/store.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { spawnAgent } from '../../support/agent.js';
import { PeerServer, until } from '../../support/peer-server.js';
import { condaOrder, UIDS } from './scene.js';

/** A `micromamba` that reports the start of linking and then waits, so that a kill hits the middle. */
async function scene(t: Test) {
  const folder = ownFolder(t);
  const bin = path.join(folder, 'bin');
  await mkdir(bin);
  for (const each of [folder, bin]) await chmod(each, 0o755);
  const program = path.join(bin, 'micromamba');
  const script = `
prefix=$5
case "$*" in
*--dry-run*) echo '{"success": true, "actions": {"LINK": []}}';;
*) mkdir -p "$prefix/bin"; while [ ! -e ${folder}/go ]; do sleep 0.05; done; ln -s /usr/bin/python3 "$prefix/bin/python"; echo '{"success": true}';;
esac
`;
  await writeFile(program, `#!/bin/sh\n${script}`);
  await chmod(program, 0o755);
  const dataDir = ownFolder(t);
  await chmod(dataDir, 0o711);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const conda = { searched: `${bin}:/usr/bin:/bin`, channels: ['file:///nowhere'] };
  const start = () =>
    spawnAgent(t, { dataDir, serverUrl: peer.url, taskUids: UIDS, conda } as Parameters<
      typeof spawnAgent
    >[1]);
  const store = GenerationStore.of(path.join(dataDir, 'agent/conda'), 'tenant one');
  const prefixes = (): string[] =>
    existsSync(store.folder) ? readdirSync(store.folder).filter((name) => BUILD_ID.test(name)) : [];
  const linking = (): Promise<void> =>
    until(() => prefixes().some((id) => existsSync(path.join(store.prefix(id), 'bin'))));
  const subject = condaOrder(
    { action: 'build', specs: ['python'], pip: [], channels: [], tenant: 'one' },
    { kill_timeout: 0.1 },
  );
  return { peer, start, store, prefixes, linking, subject, go: () => writeFile(path.join(folder, 'go'), '') };
}

void t.test(
  'a build finishes after its agent is killed, and the next agent reports its result',
  async (t) => {
    const { peer, start, store, prefixes, linking, subject, go } = await scene(t);
    const first = await start();
    peer.want(subject);
    await linking();
    await peer.reported(subject.allocation_id, 'running');
    await first.kill('SIGKILL');
    await go();
    await start();
    const { tasks } = await peer.reported(subject.allocation_id, 'complete');
    t.match(tasks['main']?.result, { outcome: 'built', backend: 'micromamba' });
    t.equal(prefixes().length, 1);
    t.ok(await store.ready(String(tasks['main']?.result?.['hash'])));
  },
);

void t.test('a stopped build leaves no partial environment and no working files', async (t) => {
  const { peer, start, store, prefixes, linking, subject } = await scene(t);
  await start();
  peer.want(subject);
  await linking();
  peer.unwant(subject.allocation_id);
  await peer.reported(subject.allocation_id, 'stopped', 'failed');
  t.same(prefixes(), []);
  t.same(readdirSync(path.join(store.folder, 'work')), []);
});
