import t from 'tap';
import { eventually } from '../../../fixtures/eventually.js';
import { startScene, type Scene } from './scene.js';

const has = (scene: Scene, type: string) =>
  eventually(async () => (await scene.pen.types()).includes(type), { what: type });

/** Moments at which the server dies, each with what had to happen before. */
const moments: Record<string, (scene: Scene) => Promise<void>> = {
  'before it knows of the placement': async (scene) => {
    await scene.kill();
    await scene.pen.place('a1');
  },
  'while the order is on its way': async (scene) => {
    await scene.pen.place('a1');
    await eventually(() => scene.dispatcher.metrics().orders === 1, { interval: 1 });
  },
  'after the agent began and before that was recorded': async (scene) => {
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
      `a server killed ${moment} starts nothing twice (the agent lists ${listsAllocations ? 'what it has' : 'nothing'})`,
      async (t) => {
        const scene = await startScene(t, { listsAllocations });
        await reach(scene);
        await scene.restart();
        await has(scene, 'AllocationStarted');
        scene.agent.finish('a1');
        await has(scene, 'AllocationCompleted');
        t.equal(scene.agent.begun.get('a1'), 1);
        const types = (await scene.pen.types()).filter((type) => type !== 'NodeHeartbeatReceived');
        t.equal(new Set(types).size, types.length, 'each fact once');
      },
    );
  }
}

void t.test('a server killed while it stops an allocation stops it', async (t) => {
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

void t.test(
  'killed at random moments with many allocations: nothing is started twice, and all ends',
  async (t) => {
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
  },
);
