import t from 'tap';
import { eventually } from '../../../fixtures/eventually.js';
import { startScene, type Scene } from './scene.js';

const has = (scene: Scene, type: string) =>
  eventually(async () => (await scene.pen.types()).includes(type), { what: type });

/** Moments at which the server is killed, each with the steps that lead to it. */
const moments: Record<string, (scene: Scene) => Promise<void>> = {
  'before it reads the placement': async (scene) => {
    await scene.kill();
    await scene.pen.place('a1');
  },
  'while the order is in flight': async (scene) => {
    await scene.pen.place('a1');
    await eventually(() => scene.dispatcher.metrics().orders === 1, { interval: 1 });
  },
  'after the agent started the task and before that was recorded': async (scene) => {
    scene.agent.manners.answerDelay = 100;
    await scene.pen.place('a1');
    await eventually(() => scene.agent.begun.get('a1') === 1, { interval: 1 });
  },
  'after the acknowledgement was recorded': async (scene) => {
    await scene.pen.place('a1');
    await has(scene, 'AllocationAccepted');
  },
};

for (const [moment, reach] of Object.entries(moments)) {
  for (const listsAllocations of [true, false]) {
    void t.test(
      `a server killed ${moment} starts no task twice (the agent lists ${listsAllocations ? 'its allocations' : 'nothing'})`,
      async (t) => {
        const scene = await startScene(t, { listsAllocations });
        await reach(scene);
        await scene.restart();
        await has(scene, 'AllocationStarted');
        scene.agent.finish('a1');
        await has(scene, 'AllocationCompleted');
        t.equal(scene.agent.begun.get('a1'), 1);
        const types = (await scene.pen.types()).filter((type) => type !== 'NodeHeartbeatReceived');
        t.equal(new Set(types).size, types.length, 'each event is recorded once');
      },
    );
  }
}

void t.test('completes a stop that was in progress when the server was killed', async (t) => {
  const scene = await startScene(t);
  await scene.pen.place('a1');
  await has(scene, 'AllocationStarted');
  await scene.pen.requestStop('a1');
  await eventually(() => scene.dispatcher.metrics().stops === 1, { interval: 1 });
  await scene.restart();
  await has(scene, 'AllocationStopped');
  t.equal((await scene.pen.types()).filter((type) => type === 'AllocationStopped').length, 1);
  t.equal(scene.agent.held.size, 0);
});

void t.test('starts no task twice and completes every stop when killed at random moments', async (t) => {
  const scene = await startScene(t);
  const ids = Array.from({ length: 60 }, (_, index) => `a${index}`);
  for (const [index, id] of ids.entries()) {
    await scene.pen.place(id);
    if (index % 4 === 3) await scene.pen.requestStop(ids[index - 1] ?? '');
    if (index % 7 === 6) await scene.restart();
  }
  const stopped = ids.filter((_, index) => index % 4 === 2);
  await eventually(
    async () =>
      (await scene.pen.types()).filter((type) => type === 'AllocationStopped').length === stopped.length,
  );
  await eventually(() => scene.agent.running().length === ids.length - stopped.length);
  t.strictSame(
    [...scene.agent.begun].filter(([, times]) => times > 1),
    [],
  );
  t.strictSame([...scene.agent.running()].sort(), ids.filter((id) => !stopped.includes(id)).sort());
});
