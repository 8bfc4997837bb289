import t from 'tap';
import { NAME_RESERVATION_TIMEOUT_MS } from '#domain/kernel/held-name.js';
import {
  NO_SERVICE,
  serviceDecider,
  services,
  serviceVolumeOf,
  volumeDueAt,
  volumeStep,
  type ServiceEvent,
  type ServiceState,
  type ServiceVolume,
} from '#domain/services/service/index.js';
import { NO_VOLUME, type VolumeState } from '#domain/volumes/index.js';
import { specify } from '../../kernel/event/decider-specification.js';
import { BY, createdEvents, SERVICE } from './scene.js';

const { fold } = specify(services);
const name = serviceVolumeOf(SERVICE, 'data');
const HOLDER = { tenantId: 'tenant-1', serviceId: SERVICE, serviceName: 'shop', createdBy: BY };
const deleted = (volumes: boolean): ServiceEvent => ({
  type: 'ServiceDeleted',
  data: { serviceId: SERVICE, volumes, by: BY },
});
const present: ServiceState = fold(createdEvents());
const kept: ServiceState = fold([...createdEvents(), deleted(false)]);
const erased: ServiceState = fold([...createdEvents(), deleted(true)]);
const held: VolumeState = { asked: false, holder: HOLDER, left: false, copies: [] };
const left: VolumeState = { ...held, left: true };
const asked: VolumeState = { ...left, asked: true };
const begun: ServiceVolume = {
  volume: name,
  serviceId: SERVICE,
  holder: null,
  left: false,
  takenAt: 0,
  mounted: true,
  over: null,
  node: null,
  closing: null,
};
const taken: ServiceVolume = { ...begun, holder: HOLDER, takenAt: 1000, node: 'n1' };
const closing = { askedAt: 2000, dropped: true };

function due(state: VolumeState, service: ServiceState, volume: ServiceVolume, now = 2000): unknown {
  const step = volumeStep(state, service, volume, now);
  return [volumeDueAt(volume), step?.kind === 'tell' ? step.command.kind : (step?.kind ?? null)];
}

void t.test('a service takes the volumes that its versions mount', async (t) => {
  t.same(due(NO_VOLUME, present, begun), [0, 'take']);
  t.same(volumeStep(NO_VOLUME, present, begun, 0), {
    kind: 'tell',
    command: { kind: 'take', name, holder: HOLDER, known: false },
  });
  t.match(volumeStep(NO_VOLUME, present, { ...begun, volume: 'other' }, 0), { command: { known: true } });
  t.same(due(held, present, taken), [undefined, null]);
  t.same(due(held, present, begun), [0, null], 'no step follows if another server has taken the volume');
});

void t.test(
  'a deleted service releases its volumes, and first takes those without a recorded holder',
  async (t) => {
    t.same(due(NO_VOLUME, kept, { ...begun, over: { erase: false } }), [0, 'take']);
    t.same(volumeStep(held, kept, { ...taken, over: { erase: false } }, 0), {
      kind: 'tell',
      command: { kind: 'leave', name, serviceId: SERVICE, erase: false },
    });
    t.match(volumeStep(held, erased, { ...taken, over: { erase: true } }, 0), {
      command: { kind: 'leave', erase: true },
    });
    t.same(due(left, kept, { ...taken, left: true, over: { erase: false } }), [undefined, null]);
    t.same(
      due(left, kept, { ...taken, left: true, over: { erase: false }, node: null }),
      [0, 'delete'],
      'a volume that was never created is deleted',
    );
  },
);

void t.test('a volume taken for a service that was never created is freed after a timeout', async (t) => {
  const reserved = { ...taken, mounted: false };
  t.same(due(held, NO_SERVICE, reserved), [1000 + NAME_RESERVATION_TIMEOUT_MS, null]);
  t.same(due(held, NO_SERVICE, reserved, 1000 + NAME_RESERVATION_TIMEOUT_MS), [
    1000 + NAME_RESERVATION_TIMEOUT_MS,
    'leave',
  ]);
  t.same(due(left, NO_SERVICE, { ...reserved, left: true }), [undefined, null]);
});

void t.test('a volume to delete is removed once no container uses it', async (t) => {
  t.same(due(asked, kept, { ...taken, left: true, closing: { ...closing, dropped: false } }), [
    undefined,
    null,
  ]);
  t.same(volumeStep(asked, kept, { ...taken, left: true, closing }, 0), { kind: 'remove', node: 'n1' });
  t.same(due(asked, kept, { ...taken, left: true, closing, node: null }), [0, 'settle']);
  t.same(
    due(NO_VOLUME, kept, { ...taken, left: true, closing }),
    [0, null],
    'no step follows if another server has deleted the volume',
  );
  t.same(
    due(NO_VOLUME, kept, { ...taken, left: true, node: null, over: { erase: false } }),
    [0, null],
    'no step follows if the read model lags behind',
  );
});

void t.test('the state of a deleted service keeps its name and owner for its volumes', async (t) => {
  t.match(erased, { kind: 'deleted', volumes: true, tenantId: 'tenant-1', createdBy: BY, name: 'shop' });
  t.same(serviceDecider.decide({ kind: 'delete', volumes: true, by: BY }, kept), []);
});
