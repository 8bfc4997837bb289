import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import type { CopyOutcome } from '#domain/volumes/index.js';
import { volumeDueAt, type ServiceEvent } from '#domain/services/service/index.js';
import { volumes, type VolumeDocument } from '#projections/services/volumes.js';
import { configuration, createdEvents, SERVICE } from '../../domain/services/service/scene.js';
import { place, placedWith } from '../events.js';
import { recorded } from '../history.js';
import { documentAfter, plainFold } from '../plain-fold.js';

const name = `service.${SERVICE}.data`;
const OTHER = '770e8400-e29b-41d4-a716-446655440001';
const HOLDER = { tenantId: 'tenant-1', serviceId: SERVICE, serviceName: 'shop', createdBy: 'ann' };
const created = createdEvents(configuration('shop:1', {}, true));
const on = (node: string, jobId = `service.${SERVICE}.1`): MusterEvent =>
  placedWith(place('a1', jobId, 0, 'service', node), [name]);
const taken: MusterEvent = { type: 'VolumeTaken', data: { name, ...HOLDER } };
const left: MusterEvent = { type: 'VolumeLeft', data: { name, serviceId: SERVICE } };
const asked: MusterEvent = { type: 'VolumeDeleteAsked', data: { name } };
const dropped: MusterEvent = { type: 'VolumeDropped', data: { name, node: 'n1' } };
const gone: MusterEvent = { type: 'VolumeDeleted', data: { name, node: 'n1' } };
const over = (erase: boolean): ServiceEvent => ({
  type: 'ServiceDeleted',
  data: { serviceId: SERVICE, volumes: erase, by: 'ann' },
});
const shown = (...events: readonly MusterEvent[]): VolumeDocument | undefined =>
  documentAfter<VolumeDocument>(volumes, recorded(events), name);
const tenantOf = (volume: VolumeDocument | undefined): string | undefined =>
  volume && volumes.indexes?.['tenant']?.(volume);

void t.test("assigns a volume to its service's tenant from the first placement on", async (t) => {
  t.match(shown(...created), { volume: name, serviceId: SERVICE, holder: null, node: null });
  t.equal(tenantOf(shown(...created, taken)), undefined);
  const there = shown(...created, taken, on('n1'));
  t.match(there, { holder: HOLDER, node: 'n1', madeAt: 4000, takenAt: 3000, mounted: true, over: null });
  t.equal(tenantOf(there), 'tenant-1');
  t.equal(shown(...created, taken, on('n1'), on('n1'))?.madeAt, 4000);
  const called: ServiceEvent = {
    type: 'ServiceDescribed',
    data: { serviceId: SERVICE, name: 'store', description: null, by: 'ann' },
  };
  t.equal(shown(...created, taken, called)?.holder?.serviceName, 'store');
});

void t.test('hides volumes without a service', async (t) => {
  t.same(plainFold(volumes, recorded([on('n1', 'web')])).size, 0);
});

void t.test('records whether the volumes of a deleted service are to be erased', async (t) => {
  const kept = shown(...created, taken, on('n1'), over(false));
  t.match(kept, { over: { erase: false }, left: false });
  t.equal(volumeDueAt(kept!), 0);
  t.match(shown(...created, taken, on('n1'), over(true), left), { over: { erase: true }, left: true });
  t.equal(volumeDueAt(shown(...created, taken, on('n1'), over(false), left)!), undefined);
});

void t.test('ignores the previous service of a volume that another one has taken over', async (t) => {
  const again: MusterEvent = {
    type: 'VolumeTaken',
    data: { name, ...HOLDER, serviceId: OTHER, serviceName: 'next' },
  };
  const other: ServiceEvent = {
    ...created[1],
    data: { ...(created[1] as { data: object }).data, serviceId: OTHER },
  } as ServiceEvent;
  const held = [...created, taken, on('n1'), over(false), left, again];
  t.match(shown(...held), {
    serviceId: OTHER,
    holder: { serviceName: 'next' },
    left: false,
    over: null,
    mounted: false,
    node: 'n1',
  });
  t.match(shown(...held, other), { mounted: true });
  t.equal(volumeDueAt(shown(...held, other)!), undefined);
});

void t.test('is due once its node has dropped it, and is removed once it is deleted', async (t) => {
  const first = [...created, taken, on('n1'), over(false), left, asked];
  t.match(shown(...first), { closing: { askedAt: 7000, dropped: false } });
  t.equal(volumeDueAt(shown(...first)!), undefined);
  t.match(shown(...first, dropped), { closing: { askedAt: 7000, dropped: true }, node: 'n1' });
  t.equal(volumeDueAt(shown(...first, dropped)!), 0);
  t.equal(shown(...first, dropped, gone), undefined);
});

void t.test('shows the last copy that an agent has not refused', async (t) => {
  const there = [...created, taken, on('n1')];
  const started = (copyId: string): MusterEvent => ({
    type: 'VolumeCopyStarted',
    data: { name, copyId, kind: 'restore', node: 'n1' },
  });
  const ended = (copyId: string, outcome: CopyOutcome): MusterEvent => ({
    type: 'VolumeCopyEnded',
    data: { name, copyId, kind: 'restore', node: 'n1', outcome, bytes: 5 },
  });
  const last = (...events: readonly MusterEvent[]) => {
    const { copyId, outcome } = shown(...there, ...events)?.lastCopy ?? {};
    return [copyId, outcome];
  };
  const refused = [started('b'), ended('b', 'unchanged')];
  t.same(last(started('a'), ...refused), ['a', undefined]);
  t.same(
    last(started('a'), started('c'), ...refused),
    ['c', undefined],
    'it runs, and the agent of a is gone',
  );
  t.same(last(started('a'), started('c'), ...refused, ended('c', 'complete')), ['c', 'complete']);
  t.same(last(started('a'), started('c'), ...refused, ended('c', 'unchanged')), ['a', undefined]);
  t.same(last(started('a'), started('b'), started('c'), ended('b', 'unchanged'), ended('c', 'unchanged')), [
    'a',
    undefined,
  ]);
  t.same(last(started('a'), ...refused, ended('a', 'complete')), ['a', 'complete']);
  t.same(last(started('a'), started('b'), ended('a', 'complete'), ended('b', 'unchanged')), [
    'a',
    'complete',
  ]);
  t.same(last(started('a'), ended('a', 'complete'), ...refused), ['b', 'unchanged']);
  const replaced = shown(...there, started('a'), started('b'), ended('b', 'complete'));
  t.match(replaced, { lastCopy: { copyId: 'b', outcome: 'complete', bytes: 5 }, earlierCopies: undefined });
});

void t.test('a volume is incomplete until a restore is known to be complete', async (t) => {
  const after = (...outcomes: readonly CopyOutcome[]) =>
    shown(
      ...[...created, taken, on('n1')],
      ...outcomes.map((outcome, number): MusterEvent => ({
        type: 'VolumeCopyEnded',
        data: { name, copyId: `c${number}`, kind: 'restore', node: 'n1', outcome, bytes: 5 },
      })),
    )?.incomplete;
  t.equal(after('incomplete'), true);
  t.equal(after('incomplete', 'unchanged'), true);
  t.equal(after('incomplete', 'unknown'), true);
  t.equal(after('unknown'), undefined);
  t.equal(after('incomplete', 'complete'), undefined);
});

void t.test('knows which version has the values of a restored backup', async (t) => {
  const copied = (kind: 'backup' | 'restore', sha256?: string, outcome: CopyOutcome = 'complete') => {
    const copy = { name, copyId: `${kind}-${sha256 ?? ''}`, kind, node: 'n1' };
    const end = { outcome, bytes: 1, ...(sha256 !== undefined && { sha256 }) };
    return [
      { type: 'VolumeCopyStarted', data: copy },
      { type: 'VolumeCopyEnded', data: { ...copy, ...end } },
    ] as const;
  };
  const version = (number: number, because: 'updated' | 'rotated'): MusterEvent => {
    const first = created.find(({ type }) => type === 'ServiceConfigured');
    if (first?.type !== 'ServiceConfigured') throw new Error('the service has no version');
    return { ...first, data: { ...first.data, version: number, because } };
  };
  const first = [...created, taken, on('n1'), ...copied('backup', 'a')];
  const second = [...first, version(2, 'rotated'), ...copied('backup', 'b')];
  const valuesOf = (...events: readonly MusterEvent[]): unknown => {
    const { restored, valuesOf: of } = shown(...second, ...events) ?? {};
    return restored && (of ?? 'unknown');
  };
  t.equal(valuesOf(), undefined);
  t.equal(valuesOf(...copied('restore', 'a')), 1);
  t.equal(valuesOf(...copied('restore', 'b')), 2);
  t.equal(valuesOf(...copied('restore', 'c')), 'unknown');
  t.equal(valuesOf(...copied('restore')), 'unknown', 'the agent is of an earlier release');
  t.equal(valuesOf(...copied('restore', 'a', 'unchanged')), undefined);
  t.equal(valuesOf(...copied('restore', 'a'), version(3, 'updated')), 1);
  t.equal(valuesOf(...copied('restore', 'a'), version(3, 'rotated')), undefined);
  const again = [...copied('restore', 'a'), ...copied('backup', 'c'), ...copied('restore', 'b')];
  t.equal(valuesOf(...again, ...copied('restore', 'c')), 1, 'a backup of restored content has its values');
  t.equal(
    valuesOf(...copied('restore', 'x'), ...copied('backup', 'y'), ...copied('restore', 'y')),
    'unknown',
  );
  const other: MusterEvent = { type: 'VolumeTaken', data: { name, ...HOLDER, serviceId: OTHER } };
  t.equal(valuesOf(left, other, ...copied('restore', 'a')), 'unknown', 'another service has other values');
});
