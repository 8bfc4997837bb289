import stringWidth from 'string-width';
import t from 'tap';
import {
  ageOf,
  idColumn,
  shortIds,
  statusColumn,
  tableLines,
  timeColumn,
  truncated,
  wideColumn,
  WHOLE,
  type Look,
} from '#src/cli/shared/table.js';

const NOW = Date.parse('2026-11-20T14:32:00Z');
const TERMINAL = { ...WHOLE, width: 80, now: NOW };
const ID = '6a1f5c39-2d0b-5b58-9a0d-8c4a8e3f2b11';

void t.test('aligns columns by what characters occupy on the terminal', async (t) => {
  t.same(
    tableLines(
      ['NAME', 'STATUS'],
      [
        ['报告', 'running'],
        ['naïve', 'failed'],
        ['👩‍💻', 'lost'],
      ],
    ),
    ['NAME   STATUS', '报告   running', 'naïve  failed', '👩‍💻     lost'],
  );
});

void t.test('fits a terminal: the widest columns are cut, with an ellipsis', async (t) => {
  const rows = [
    ['hello', 'failed', 'x'.repeat(200), '数'.repeat(60)],
    ['b', 'running', 'short', 'short'],
  ];
  const lines = tableLines(['JOB', 'STATUS', 'WHY', 'WHERE'], rows, TERMINAL);
  t.ok(Math.max(...lines.map((line) => stringWidth(line))) <= 80);
  t.match(lines[1], /^hello +failed +x+… +数+…$/);
  t.match(tableLines(['JOB', 'WHY'], [['a', 'x'.repeat(78)]], { ...TERMINAL, width: 10 })[1], /^a {4}x{4}…$/);
  t.same(tableLines(['JOB', 'WHY'], [['a', 'x'.repeat(75)]], TERMINAL)[1]?.endsWith('…'), false, 'it fits');
  t.match(tableLines(['JOB', 'WHERE'], [['a', rows[0]![3]!]])[1], /数{60}$/, 'elsewhere it is whole');
});

void t.test('cuts between characters, never within one', async (t) => {
  t.equal(truncated('日本語', 6), '日本語');
  t.equal(truncated('日本語', 5), '日本…');
  t.equal(truncated('日本語', 4), '日…');
  t.equal(truncated('👩‍💻👩‍💻', 3), '👩‍💻…');
  t.equal(truncated('abc', 1), '…');
});

void t.test('shows ages where a terminal is narrow, and else whole times in its zone', async (t) => {
  process.env['TZ'] = 'Europe/Berlin';
  const rows = [
    ['a', '2026-11-20T14:30:00Z'],
    ['b', '-'],
  ];
  const lines = (look?: Look) => tableLines(['JOB', timeColumn('STARTED')], rows, look);
  t.same(lines(TERMINAL), ['JOB  STARTED', 'a    2m', 'b    -']);
  const wide = { ...TERMINAL, width: undefined, localTimes: true };
  t.same(lines(wide), ['JOB  STARTED', 'a    2026-11-20 15:30:00 CET', 'b    -']);
  process.env['TZ'] = 'UTC';
  t.same(lines(wide)[1], 'a    2026-11-20 14:30:00 UTC', '--utc');
  t.same(lines()[1], 'a    2026-11-20T14:30:00Z', 'for programs');
});

void t.test('leaves wide columns out on a terminal only', async (t) => {
  const headings = ['JOB', wideColumn('ADDRESS'), wideColumn(timeColumn('SET'))];
  const rows = [['a', '10.0.0.1', '2026-11-20T14:30:00Z']];
  t.same(tableLines(headings, rows, TERMINAL), ['JOB', 'a']);
  t.same(tableLines(headings, rows), ['JOB  ADDRESS   SET', 'a    10.0.0.1  2026-11-20T14:30:00Z']);
});

void t.test('shows ids as unique prefixes, and times as ages, on a terminal only', async (t) => {
  const headings = [idColumn('ID'), timeColumn('SET')];
  const rows = [
    [ID, '2026-11-20T14:30:00Z'],
    ['hello', '-'],
  ];
  t.same(tableLines(headings, rows, TERMINAL).slice(1), ['6a1f5c39  2m', 'hello     -']);
  t.match(tableLines(headings, rows)[1], `${ID}  2026-11-20T14:30:00Z`);
  const other = `${ID.slice(0, 12)}7b58-9a0d-8c4a8e3f2b11`.replace('-7b58', '7-b58a');
  const short = shortIds([ID, ID.replace('-5b58', '-5c58')]);
  t.equal(short(ID), ID.slice(0, 16), 'as long as needed to differ');
  t.equal(shortIds([ID, ID])(ID), '6a1f5c39', 'one id in several rows');
  t.equal(short(other.slice(0, 5)), other.slice(0, 5), 'what is no generated id remains whole');
});

void t.test('words ages with one unit', async (t) => {
  for (const [seconds, text] of [
    [0, '0s'],
    [59, '59s'],
    [60, '1m'],
    [7_199, '1h'],
    [86_400, '1d'],
    [40_000_000, '1y'],
    [-300, 'in 5m'],
  ] as const)
    t.equal(ageOf(new Date(NOW - seconds * 1000).toISOString(), NOW), text);
  t.equal(ageOf('not measured yet', NOW), 'not measured yet');
});

void t.test('colors statuses only, and aligns them all the same', async (t) => {
  const headings = ['JOB', statusColumn('STATUS'), 'NEXT'];
  const rows = [
    ['failed', 'failed', 'x'],
    ['b', 'running', 'x'],
    ['c', 'dead', 'x'],
  ];
  const colored = tableLines(headings, rows, { ...TERMINAL, color: true });
  t.equal(colored[1], 'failed  \u001b[31mfailed\u001b[39m   x');
  t.equal(colored[2], 'b       \u001b[32mrunning\u001b[39m  x');
  t.same(
    colored.map((line) => line.replace(/\u001b\[\d+m/g, '')),
    tableLines(headings, rows, TERMINAL),
  );
});

void t.test('escapes what controls a terminal, and omits headings on request', async (t) => {
  const lines = tableLines([statusColumn('A')], [['\u001b[31mx\u202e']], {
    ...WHOLE,
    headers: false,
    color: true,
  });
  t.same(lines, ['\\x1b[31mx\\u202e']);
});
