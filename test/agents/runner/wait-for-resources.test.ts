import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { AllocationOrder } from '#domain/protocol/index.js';
import { ownFolder } from '../../fixtures/folder.js';
import { call, order, spawnAgent, statusOf } from '../support/agent.js';
import { PeerServer, until } from '../support/peer-server.js';

/** A task that writes at its start and end, and ends when the test allows it. */
class Slow {
  constructor(readonly folder: string) {}

  order(name: string, more: (order: AllocationOrder) => AllocationOrder): AllocationOrder {
    const line = (word: string): string => `echo ${name} ${word} >> ${this.folder}/lines`;
    const held = `while [ ! -e ${this.folder}/let-go ]; do sleep 0.05; done`;
    return more(
      order({
        command: `trap 'touch ${this.folder}/${name}-stops; ${held}; ${line('ends')}; exit 0' TERM; ${line('begins')}; while :; do sleep 0.05; done`,
        kill_timeout: 60,
      }),
    );
  }

  letGo(): void {
    writeFileSync(join(this.folder, 'let-go'), '');
  }

  lines(): string[] {
    const file = join(this.folder, 'lines');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }
}

const withTask = (given: AllocationOrder, change: object): AllocationOrder => {
  const [task] = given.task_group.tasks;
  return { ...given, task_group: { ...given.task_group, tasks: [{ ...task!, ...change } as never] } };
};
const THINGS: Readonly<Record<string, (folder: string) => (order: AllocationOrder) => AllocationOrder>> = {
  'a host port': () => (given) => withTask(given, { driver: 'exec', ports: [{ host: 39_871 }] }),
  'a GPU': () => (given) => ({ ...given, gpu_devices: { main: [0] } }),
  'a working directory': (folder) => (given) => withTask(given, { work_dir: folder }),
};

async function scene(t: Test) {
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const start = () => spawnAgent(t, { dataDir, serverUrl: peer.url });
  return { peer, slow: new Slow(dataDir), dataDir, start, agent: await start() };
}

for (const [what, made] of Object.entries(THINGS))
  void t.test(
    `waits for ${what} until its previous user has ended, even if the agent is killed`,
    async (t) => {
      const { peer, slow, dataDir, start, agent } = await scene(t);
      const [first, second] = [slow.order('first', made(dataDir)), slow.order('second', made(dataDir))];
      peer.want(first);
      await until(() => slow.lines().includes('first begins'));
      // The server considers the first lost, stops it and orders its successor. The call fails when the agent is killed.
      peer.unwant(first.allocation_id);
      void call('DELETE', `${agent.url}/allocations/${first.allocation_id}`).catch(() => undefined);
      await until(() => existsSync(join(dataDir, 'first-stops')));
      peer.want(second);
      await until(async () => (await statusOf(agent.url, second.allocation_id)).status === 'pending');
      await agent.kill('SIGKILL');
      const next = await start();
      await until(async () => (await statusOf(next.url, second.allocation_id)).status === 'pending');
      // An independent task shows that the new agent is working.
      const other = order({ command: `echo other >> ${dataDir}/lines` });
      peer.want(other);
      await peer.reported(other.allocation_id, 'complete');
      t.strictSame(slow.lines(), ['first begins', 'other']);
      slow.letGo();
      await until(() => slow.lines().includes('second begins'));
      t.strictSame(slow.lines(), ['first begins', 'other', 'first ends', 'second begins']);
    },
  );

void t.test('stops an allocation that is waiting for a resource without starting it', async (t) => {
  const { peer, slow, dataDir, agent } = await scene(t);
  const made = THINGS['a host port']!(dataDir);
  const [first, second] = [slow.order('first', made), slow.order('second', made)];
  peer.want(first, second);
  await until(() => slow.lines().includes('first begins'));
  await until(async () => (await statusOf(agent.url, second.allocation_id)).status === 'pending');
  await call('DELETE', `${agent.url}/allocations/${second.allocation_id}`);
  await peer.reported(second.allocation_id, 'stopped');
  slow.letGo();
  await call('DELETE', `${agent.url}/allocations/${first.allocation_id}`);
  t.strictSame(slow.lines(), ['first begins', 'first ends']);
});
