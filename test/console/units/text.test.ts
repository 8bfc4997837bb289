import t from 'tap';
import type * as Lines from '../../../console/parts/log/lines.js';
import type * as Visible from '../../../console/parts/name/visible.js';
import type * as Meaning from '../../../console/parts/status/meaning.js';
import type * as Columns from '../../../console/parts/table/columns.js';
import type * as Format from '../../../console/parts/time/format.js';
import type * as Measurements from '../../../console/rooms/system/measurements.js';
import type * as Narrowed from '../../../console/app/narrowed.js';
import { loadConsole } from '../fixtures/load.js';

const { LogLines, matchesIn, stepThrough, MOST_LINES, LONGEST_LINE } =
  await loadConsole<typeof Lines>('parts/log/lines.ts');
const { pieces, visible } = await loadConsole<typeof Visible>('parts/name/visible.ts');
const { meaningOf } = await loadConsole<typeof Meaning>('parts/status/meaning.ts');
const { nextSort } = await loadConsole<typeof Columns>('parts/table/columns.ts');
const { absolute, bytes, duration, grouped, relative } =
  await loadConsole<typeof Format>('parts/time/format.ts');
const { narrowed } = await loadConsole<typeof Narrowed>('app/narrowed.ts');
const { measurementsOf } = await loadConsole<typeof Measurements>('rooms/system/measurements.ts');

void t.test('invisible characters are shown as code points', async (t) => {
  t.same(pieces('web'), [{ text: 'web' }]);
  t.same(pieces('we\u200bb'), [{ text: 'we' }, { hidden: 'U+200B' }, { text: 'b' }]);
  t.same(pieces('\u202egnp.exe'), [{ hidden: 'U+202E' }, { text: 'gnp.exe' }]);
  t.same(
    pieces('<b>مرحبا</b>'),
    [{ text: '<b>مرحبا</b>' }],
    'markup and right-to-left letters are shown as text',
  );
  t.same(pieces(''), []);
  t.equal(visible('\u202egnp.exe'), '[U+202E]gnp.exe', 'a tooltip shows the codes as well');
});

void t.test('a log is split into the same lines wherever its chunks end', async (t) => {
  const log = new LogLines();
  for (const piece of ['one\ntw', 'o\n', 'thr']) log.add(piece);
  t.same(log.lines, ['one', 'two']);
  log.end();
  t.same(log.lines, ['one', 'two', 'thr']);
});

void t.test('a carriage return makes the following text overwrite the line', async (t) => {
  const log = new LogLines();
  log.add('10 %\r50 %\r100 %\nnext\r\n');
  t.same(log.lines, ['100 %', 'next']);
});

void t.test('a log keeps a bounded number of lines of bounded length', async (t) => {
  const log = new LogLines();
  log.add(`${'x'.repeat(10 * LONGEST_LINE)}\n`);
  t.equal(log.lines.length, 10);
  log.add('y\n'.repeat(MOST_LINES));
  t.equal(log.lines.length, MOST_LINES);
  t.equal(log.dropped, 10);
  const open = new LogLines();
  for (let piece = 0; piece < 100; piece += 1) open.add('z'.repeat(LONGEST_LINE));
  t.ok(open.lines.length >= 99, 'a line without an end is shown in parts');
});

void t.test('each status is classified, and an unrecognized one as unknown', async (t) => {
  t.equal(meaningOf('failed'), 'bad');
  t.equal(meaningOf('Running'), 'active');
  t.equal(meaningOf('blocked'), 'waits');
  t.equal(meaningOf('of another version'), 'unknown');
});

void t.test('clicking a column sorts ascending, then descending, then not at all', async (t) => {
  t.equal(nextSort(undefined, 'id'), 'id');
  t.equal(nextSort('id', 'id'), '-id');
  t.equal(nextSort('-id', 'id'), undefined);
  t.equal(nextSort('id', 'status'), 'status');
});

void t.test('times are relative to the moment of the page', async (t) => {
  const moment = new Date('2026-11-20T15:00:00Z');
  t.equal(relative(new Date('2026-11-20T14:59:56Z'), moment), '4 s ago');
  t.equal(relative(new Date('2026-11-20T17:00:00Z'), moment), 'in 2 h');
  t.equal(absolute(new Date('2026-11-20T14:59:56Z'), moment, true), '14:59:56');
  t.equal(absolute(new Date('2026-11-19T14:59:56Z'), moment, true), '19 Nov 14:59:56');
  t.equal(absolute(new Date('2026-11-20T14:59:56.117Z'), moment, true, true), '20 Nov 2026 14:59:56.117 UTC');
  t.equal(duration(0.25), '0.3 s');
  t.equal(duration(192), '3 m 12 s');
  t.equal(duration(90_000), '1 d 1 h');
  t.equal(grouped(1_234_567), '1\u202F234\u202F567');
  t.equal(bytes(24_105), '23.5 GiB');
});

void t.test('rows are filtered by words and columns, and sorted by a column', async (t) => {
  const rows = [
    { name: 'b', role: 'admin', size: 10 },
    { name: 'a', role: 'user', size: 9 },
  ];
  const names = (filter: string, sort?: string): readonly string[] =>
    narrowed(rows, filter, sort).map(({ name }) => name);
  t.same(names(''), ['b', 'a']);
  t.same(names('role:admin'), ['b']);
  t.same(names('USE'), ['a']);
  t.same(names('', 'name'), ['a', 'b']);
  t.same(names('', '-size'), ['b', 'a'], 'numbers are sorted by value');
});

void t.test('metrics are parsed from the Prometheus text format', async (t) => {
  t.same(
    measurementsOf(
      '# HELP muster_lag Events behind.\nmuster_lag{name="jobs"} 3\nmuster_other 1\n# HELP x y\nx 1\n',
    ),
    [{ name: 'muster_lag', labels: 'name="jobs"', value: '3', help: 'Events behind.' }],
  );
});

void t.test('a log is searched by words or a pattern, ignoring colour codes', async (t) => {
  const lines = ['\u001b[31mERR\u001b[0mOR at 10', 'all is well', '/tmp/x: error'];
  const linesWith = (all: readonly string[], search: string) =>
    matchesIn(all, search).map((place) => all[place]);
  t.same(linesWith(lines, ''), lines);
  t.same(linesWith(lines, 'error'), [lines[0], lines[2]]);
  t.same(linesWith(lines, '/^error/'), [lines[0]]);
  t.same(linesWith(lines, '/tmp/x'), [lines[2]], 'a text without a slash at its end is not a pattern');
  t.same(linesWith(lines, '/tmp(/'), [], 'an invalid pattern is searched for literally');
});

void t.test('a jump between matches goes round at both ends', async (t) => {
  t.equal(stepThrough(3, undefined, 1), 0);
  t.equal(stepThrough(3, undefined, -1), 2);
  t.equal(stepThrough(3, 2, 1), 0);
  t.equal(stepThrough(3, 0, -1), 2);
  t.equal(stepThrough(0, undefined, 1), undefined);
});
