import t from 'tap';
import type * as Axis from '../../../console/moment/axis.js';
import type * as Fields from '../../../console/compare/fields.js';
import type * as Rows from '../../../console/compare/rows.js';
import type * as Url from '../../../console/moment/in-url.js';
import { loadConsole } from '../fixtures/load.js';

const { nearest, placeOf, timeAt } = await loadConsole<typeof Axis>('moment/axis.ts');
const { fieldsOf } = await loadConsole<typeof Fields>('compare/fields.ts');
const { pairsOf } = await loadConsole<typeof Rows>('compare/rows.ts');
const { rangeOf } = await loadConsole<typeof Url>('moment/in-url.ts');

void t.test('the earlier of two moments comes first, whichever parameter it is in', async (t) => {
  t.same(rangeOf('20', '9'), { before: '9', after: '20' });
  t.same(rangeOf('9', '20'), { before: '9', after: '20' });
  t.same(rangeOf(undefined, '9'), { before: '9', after: undefined });
  t.equal(rangeOf('20', undefined), undefined);
  t.equal(
    rangeOf('2026-11-20T14:00:00Z', '9'),
    undefined,
    'a time cannot be ordered before its position is known',
  );
});

void t.test('rows are paired, and differing columns are reported', async (t) => {
  interface Row {
    readonly id: string;
    readonly status: string;
    readonly hidden: number;
  }
  const columns = [
    { id: 'id', title: 'Id', width: '1px', cell: ({ id }: Row) => id },
    { id: 'status', title: 'Status', width: '1px', cell: ({ status }: Row) => status },
  ];
  const row = (id: string, status: string, hidden = 0): Row => ({ id, status, hidden });
  const pairs = pairsOf(
    [row('gone', 'ready'), row('same', 'ready'), row('changed', 'ready')],
    [row('added', 'ready'), row('changed', 'failed'), row('same', 'ready', 1)],
    columns,
    ({ id }) => id,
  );
  t.same(
    pairs.map(({ key, difference, columns: differing }) => [key, difference, [...differing]]),
    [
      ['added', 'added', []],
      ['changed', 'changed', ['status']],
      ['same', 'same', []],
      ['gone', 'gone', []],
    ],
  );
});

void t.test('a patch is converted to fields with the values before and after', async (t) => {
  const state = (fields: object): never => ({ position: '1', at: '', state: fields }) as never;
  t.same(
    fieldsOf({
      from: state({ a: { 'b/c': 1 }, list: ['x'] }),
      to: state({ a: { 'b/c': 2 }, list: [], new: true }),
      patch: [
        { op: 'replace', path: '/a/b~1c', value: 2 },
        { op: 'remove', path: '/list/0' },
        { op: 'add', path: '/new', value: true },
      ],
    }),
    [
      { name: 'a.b/c', before: 1, after: 2 },
      { name: 'list.0', before: 'x', after: undefined },
      { name: 'new', before: undefined, after: true },
    ],
  );
  t.same(
    fieldsOf({ from: { position: '1', at: '' }, to: state({ a: 1 }), patch: [] }),
    [{ name: 'a', before: undefined, after: 1 }],
    'all fields of an object that did not exist before are new',
  );
});

void t.test('a place on the axis is converted to a time, and snaps to a nearby tick', async (t) => {
  const axis = { from: 1000, to: 2000 };
  t.equal(placeOf(1500, axis), 0.5);
  t.equal(placeOf(9999, axis), 1);
  t.equal(timeAt(0.5, axis), 1500);
  const ticks = [
    { position: '7', place: 0.2 },
    { position: '8', place: 0.5 },
  ];
  t.equal(nearest(ticks, 0.49, 0.02)?.position, '8');
  t.equal(nearest(ticks, 0.4, 0.02), undefined);
});
