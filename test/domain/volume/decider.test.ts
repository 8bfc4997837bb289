import t from 'tap';
import { volumes, type VolumeEvent } from '#domain/volume/index.js';
import { specify } from '../event/decider-specification.js';

const { given } = specify(volumes);
const name = 'orders';
const asked: VolumeEvent = { type: 'VolumeDeleteAsked', data: { name } };
const gone: VolumeEvent = { type: 'VolumeDeleted', data: { name, node: 'n1' } };

void t.test('a deletion is asked for once, until it is done', async (t) => {
  given().when({ kind: 'delete', name }).then(t, asked);
  given(asked).when({ kind: 'delete', name }).then(t);
  given(asked, gone).when({ kind: 'delete', name }).then(t, asked);
});

void t.test('a volume is gone once, and only where somebody asked for it', async (t) => {
  given(asked).when({ kind: 'settle', name, node: 'n1' }).then(t, gone);
  given(asked, gone).when({ kind: 'settle', name, node: 'n1' }).then(t);
  given().when({ kind: 'settle', name, node: null }).then(t);
});
