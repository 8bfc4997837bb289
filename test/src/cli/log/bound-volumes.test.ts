import t from 'tap';
import { decodeOurs } from '#test/fixtures/muster-events.js';
import { boundVolumes } from '#src/cli/log/bound-volumes.js';
import { servicesScene } from '../../surfaces/services/routes/scene.js';
import {
  nodeUp,
  placedOn,
  STORING,
  volumeOf,
  volumesSettled,
} from '../../surfaces/services/routes/volume-scene.js';

void t.test('finds in a log which volumes are bound to which nodes, and whose they are', async (t) => {
  const { api, as, service } = await servicesScene(t);
  await api.happened(nodeUp);
  const names = ['database', 'cache', 'queue', 'never'];
  const ids = await Promise.all(names.map(async (type) => await service(type, STORING)));
  await volumesSettled(api);
  const [database = '', cache = '', queue = ''] = ids;
  for (const id of [database, cache, queue]) await api.happened(placedOn(id));
  await as('ann', 'PUT', `/services/${database}`, { name: 'orders' });
  await as('ann', 'DELETE', `/services/${cache}`);
  await api.happened({
    type: 'VolumeRebound',
    data: { name: volumeOf(queue), node: 'n2', by: 'ann' },
  });
  const found = await boundVolumes(api.store, { decodeOurs });
  t.same(
    found.map(({ volume, ...rest }) => [volume, rest]).sort(),
    [
      [volumeOf(database), { nodeId: 'n1', service: 'orders', kept: false }],
      [volumeOf(cache), { nodeId: 'n1', service: 'my cache', kept: true }],
      [volumeOf(queue), { nodeId: 'n2', service: 'my queue', kept: false }],
    ].sort(),
  );
});
