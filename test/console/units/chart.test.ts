import t from 'tap';
import type * as Scale from '../../../console/parts/chart/scale.js';
import type * as ServiceOf from '../../../console/rooms/allocations/service-of.js';
import { loadConsole } from '../fixtures/load.js';

const { momentsOf, nearest, pathOf, scale, ticks, timeTicks } =
  await loadConsole<typeof Scale>('parts/chart/scale.ts');
const { serviceOf } = await loadConsole<typeof ServiceOf>('rooms/allocations/service-of.ts');

const MEBIBYTE = 1_048_576;

void t.test('an axis has ticks at round values up to the maximum', async (t) => {
  t.same(ticks(87, 4), [0, 25, 50, 75, 100]);
  t.same(ticks(100, 4), [0, 25, 50, 75, 100], 'a round maximum is the last value');
  t.same(ticks(0.3, 4), [0, 0.1, 0.2, 0.3]);
  t.same(ticks(0, 4), [0, 0.25, 0.5, 0.75, 1], 'a maximum of zero also has an axis');
  t.same(
    ticks(300 * MEBIBYTE, 4, 1024).map((value) => value / MEBIBYTE),
    [0, 128, 256, 384],
  );
  t.same(
    ticks(3 * 1024 * MEBIBYTE, 4, 1024).map((value) => value / MEBIBYTE),
    [0, 1024, 2048, 3072],
  );
});

void t.test('a time axis has ticks at round times in its time zone', async (t) => {
  const from = Date.parse('2026-11-27T12:03:00Z');
  const times = (offset: number): readonly string[] =>
    timeTicks(from, from + 3_600_000, 5, offset).map((at) => new Date(at).toISOString().slice(11, 16));
  t.same(times(0), ['12:15', '12:30', '12:45', '13:00']);
  t.same(
    times(5.75 * 3_600_000),
    ['12:15', '12:30', '12:45', '13:00'],
    'the time zone is 5 h 45 min ahead of UTC',
  );
  t.same(timeTicks(from, from, 5), [from], 'an axis of a single moment has one tick');
});

void t.test('a line has gaps where points are missing', async (t) => {
  const x = scale(0, 100, 0, 100);
  const y = scale(0, 10, 10, 0);
  const points = [
    { at: 0, value: 0 },
    { at: 10, value: 5 },
    { at: 20, value: null },
    { at: 30, value: 5 },
    { at: 40, value: 10 },
    { at: 80, value: 2.5 },
  ];
  t.equal(pathOf(points, x, y, 19), 'M0 10h0L10 5M30 5h0L40 0M80 7.5h0');
  t.equal(pathOf([], x, y, 19), '');
  t.equal(scale(5, 5, 0, 100)(5), 50, 'a single moment is placed in the middle');
});

void t.test('nearby points of different lines are grouped into one moment', async (t) => {
  const one = [
    { at: 0, value: 1 },
    { at: 30, value: 2 },
  ];
  const other = [{ at: 4, value: 3 }];
  t.same(momentsOf([one, other], 15), [0, 30]);
  t.equal(nearest(other, 0, 15)?.value, 3);
  t.equal(nearest(other, 30, 15), undefined);
});

void t.test('the job id of a deployment contains the id of its service', async (t) => {
  const id = '6a1f5c39-2d0b-5b58-9a0d-8c4a8e3f2b11';
  t.equal(serviceOf(`service.${id}.12`), id);
  t.equal(serviceOf('service.web.1'), undefined);
  t.equal(serviceOf(`x.service.${id}.12`), undefined);
});
