import t from 'tap';
import { volumes, type VolumeCommand, type VolumeEvent } from '#domain/volumes/index.js';
import { specify } from '../kernel/event/decider-specification.js';

const { given } = specify(volumes);
const name = 'orders';
const ANN = {
  tenantId: 'a',
  serviceId: '770e8400-e29b-41d4-a716-446655440000',
  serviceName: 'shop',
  createdBy: 'ann',
};
const BOB = { ...ANN, serviceId: '770e8400-e29b-41d4-a716-446655440001', serviceName: 'store' };
const EVE = { ...BOB, tenantId: 'b' };
const asked: VolumeEvent = { type: 'VolumeDeleteAsked', data: { name } };
const gone: VolumeEvent = { type: 'VolumeDeleted', data: { name, node: 'n1' } };
const taken: VolumeEvent = { type: 'VolumeTaken', data: { name, ...ANN } };
const left: VolumeEvent = { type: 'VolumeLeft', data: { name, serviceId: ANN.serviceId } };
const take = (holder: typeof ANN, known = true): VolumeCommand => ({ kind: 'take', name, holder, known });
const leave = (erase: boolean): VolumeCommand => ({ kind: 'leave', name, serviceId: ANN.serviceId, erase });

void t.test('the deletion of a volume is requested only once until it is done', async (t) => {
  given().when({ kind: 'delete', name }).then(t, asked);
  given(asked).when({ kind: 'delete', name }).then(t);
  given(asked, gone).when({ kind: 'delete', name }).then(t, asked);
});

void t.test('a volume is deleted once, and only after a request', async (t) => {
  given(asked).when({ kind: 'settle', name, node: 'n1' }).then(t, gone);
  given(asked, gone).when({ kind: 'settle', name, node: 'n1' }).then(t);
  given().when({ kind: 'settle', name, node: null }).then(t);
  given(asked)
    .when({ kind: 'settle', name, node: 'n1', abandoned: true })
    .then(t, { type: 'VolumeDeleted', data: { name, node: 'n1', abandoned: true } });
});

void t.test('a volume is bound to another node, unless it is being deleted', async (t) => {
  const rebind: VolumeCommand = { kind: 'rebind', name, node: 'n2', by: 'root' };
  given(taken)
    .when(rebind)
    .then(t, { type: 'VolumeRebound', data: { name, node: 'n2', by: 'root' } });
  given(taken, left, asked).when(rebind).refused(t, 'MUSTER_E_VOLUME_GOING');
});

void t.test('only one service at a time holds a volume, until it releases the volume', async (t) => {
  given().when(take(ANN, false)).then(t, taken);
  given(taken).when(take(ANN), take(ANN, false)).then(t);
  given(taken)
    .when(take(BOB))
    .refused(t, 'MUSTER_E_VOLUME_IN_USE', 'Volume orders is used by the service shop');
  given(taken).when(leave(false)).then(t, left);
  given(taken, left).when(leave(false)).then(t);
  given(taken, left)
    .when(take(BOB))
    .then(t, { type: 'VolumeTaken', data: { name, ...BOB } });
  given(taken, left).when(take(BOB), leave(true)).thenTypes(t, 'VolumeTaken');
});

void t.test(
  'a volume of another tenant, or one that no service has held, is reported as not found',
  async (t) => {
    given(taken, left).when(take(EVE)).refused(t, 'MUSTER_E_VOLUME_NOT_FOUND', 'Volume not found');
    given(taken).when(take(EVE, false)).refused(t, 'MUSTER_E_VOLUME_NOT_FOUND');
    given().when(take(ANN)).refused(t, 'MUSTER_E_VOLUME_NOT_FOUND');
  },
);

void t.test('a held volume cannot be deleted, except together with its service', async (t) => {
  given(taken).when({ kind: 'delete', name }).refused(t, 'MUSTER_E_VOLUME_IN_USE');
  given(taken).when(leave(true)).then(t, left, asked);
  given(taken, left, asked)
    .when(take(BOB))
    .refused(t, 'MUSTER_E_VOLUME_GOING', 'Volume orders is being deleted');
  given(taken, left, asked, gone).when(take(BOB)).refused(t, 'MUSTER_E_VOLUME_NOT_FOUND');
});

void t.test('a copy has one start and at most one end', async (t) => {
  const copy = { copyId: 'c1', kind: 'restore', node: 'n1' } as const;
  const started: VolumeEvent = { type: 'VolumeCopyStarted', data: { name, ...copy } };
  const end = { kind: 'endCopy', name, copy, outcome: 'complete', bytes: 5 } as const;
  const ended: VolumeEvent = {
    type: 'VolumeCopyEnded',
    data: { name, ...copy, outcome: 'complete', bytes: 5 },
  };
  given(taken).when({ kind: 'startCopy', name, copy, at: 0 }).then(t, started);
  given(taken, started).when(end).then(t, ended);
  const sha256 = 'a'.repeat(64);
  given(taken, started)
    .when({ ...end, sha256 })
    .then(t, { ...ended, data: { ...ended.data, sha256 } });
  given(taken).when(end).then(t);
  given(taken, started, ended).when(end).then(t);
  given(taken, left, asked)
    .when({ kind: 'startCopy', name, copy, at: 0 })
    .refused(t, 'MUSTER_E_VOLUME_GOING');
  const other = { ...copy, copyId: 'c2' };
  given(taken, started)
    .when({ kind: 'startCopy', name, copy: other, at: 0 }, end)
    .then(t, { type: 'VolumeCopyStarted', data: { name, ...other } }, ended);
});

void t.test('copies without an end are limited, until the oldest can have no end any more', async (t) => {
  const copy = { kind: 'backup', node: 'n1' } as const;
  const started = (copyId: string): VolumeEvent => ({
    type: 'VolumeCopyStarted',
    data: { name, copyId, ...copy },
  });
  const open = Array.from({ length: 16 }, (_, number) => started(`c${number}`));
  const start = (at: number): VolumeCommand => ({
    kind: 'startCopy',
    name,
    copy: { copyId: 'next', ...copy },
    at,
  });
  given(taken, ...open)
    .when(start(86_400_000))
    .refused(
      t,
      'MUSTER_E_VOLUME_NOT_COPIED',
      'Volume orders was not copied: the ends of its last 16 copies are not known yet',
    );
  given(taken, ...open.slice(1))
    .when(start(86_400_000))
    .then(t, started('next'));
  given(taken, ...open)
    .when(start(86_402_000))
    .then(
      t,
      { type: 'VolumeCopyEnded', data: { name, copyId: 'c0', ...copy, outcome: 'unknown', bytes: 0 } },
      started('next'),
    );
});
