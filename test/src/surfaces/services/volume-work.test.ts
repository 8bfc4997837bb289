import t, { type Test } from 'tap';
import type { RemovalOutcome } from '#domain/protocol/agent-channel.js';
import { servicesScene } from './routes/scene.js';
import {
  dropped,
  nodeDown,
  nodeUp,
  placedOn,
  STORING,
  volumeOf,
  volumesSettled,
} from './routes/volume-scene.js';

async function scene(t: Test) {
  const { api, as, service } = await servicesScene(t);
  await api.happened(nodeUp);
  const id = await service('database', STORING);
  await volumesSettled(api);
  await api.happened(placedOn(id));
  await as('ann', 'DELETE', `/services/${id}?volumes=true`);
  await volumesSettled(api);
  const volume = volumeOf(id);
  await api.happened(dropped(volume));
  const deletions = async () =>
    (await api.events()).flatMap(({ type, data }) =>
      type === 'VolumeDeleted' ? [JSON.parse(Buffer.from(data).toString()) as unknown] : [],
    );
  return { api, as, volume, deletions };
}

void t.test('calls an agent until it confirms the removal of a volume', async (t) => {
  const { api, volume, deletions } = await scene(t);
  t.same(await volumesSettled(api, () => ({ kind: 'held' })), [`n1 ${volume}`]);
  t.same(await deletions(), []);
  const unknown: RemovalOutcome = { kind: 'unknown', problem: 'no answer' };
  await t.rejects(
    volumesSettled(api, () => unknown),
    { message: 'node n1: no answer' },
  );
  t.same(await volumesSettled(api), [`n1 ${volume}`]);
  t.match(await deletions(), [{ name: volume, node: 'n1' }]);
  t.same(await volumesSettled(api), [], 'the agent is called only once');
});

void t.test('waits for a node that is down to delete a volume, but only up to the timeout', async (t) => {
  const { api, as, volume, deletions } = await scene(t);
  await api.happened(nodeDown);
  t.same(await volumesSettled(api, undefined, Number.MAX_SAFE_INTEGER), []);
  t.match((await as('ann', 'GET', `/volumes/${volume}`)).json(), {
    status: 'deleting',
    waits_for: 'node n1, which is not reporting',
  });
  t.same(await volumesSettled(api, undefined, 1), []);
  t.match(await deletions(), [{ name: volume, node: 'n1', abandoned: true }]);
  t.equal((await as('ann', 'GET', `/volumes/${volume}`)).status, 404);
});
