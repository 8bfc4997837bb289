import t from 'tap';
import { DAY_MATCHES, dayFieldsOf, parsePattern, type DayMatch } from '#domain/tasks/schedule/index.js';

void t.test('patterns of five or six fields and nicknames are read', async (t) => {
  const from = Date.parse('2026-01-01T00:00:00Z');
  for (const [text, expected] of [
    ['0 */6 * * *', '2026-01-01T06:00:00.000Z'],
    ['30 0 */6 * * *', '2026-01-01T00:00:30.000Z'],
    ['@daily', '2026-01-02T00:00:00.000Z'],
    ['@Hourly', '2026-01-01T01:00:00.000Z'],
    ['0 9 * * MON-FRI', '2026-01-01T09:00:00.000Z'],
    ['0 0 L * *', '2026-01-31T00:00:00.000Z'],
    ['0 0 * * 7', '2026-01-04T00:00:00.000Z'],
  ] as const) {
    const pattern = parsePattern(text);
    if ('problem' in pattern) t.fail(`${text}: ${pattern.problem}`);
    else t.equal(new Date(pattern.next(from) ?? NaN).toISOString(), expected, text);
  }
});

void t.test('an invalid pattern is refused, and the error reports the field', async (t) => {
  for (const [text, problem] of [
    ['', 'it has 0'],
    ['* * *', 'must have five fields'],
    ['* * * * * * 2030', 'it has 7'],
    ['2026-12-01T00:00:00', 'it has 1'],
    ['@reboot', 'must be one of @yearly'],
    ['@every 5m', 'must be one of @yearly'],
    ['61 * * * *', 'minute (field 1, "61")'],
    ['0 24 * * *', 'hour (field 2, "24")'],
    ['0 0 * FOO *', 'month (field 4, "FOO")'],
    ['0 0 1 1 9', 'day of week (field 5, "9")'],
    ['60 0 0 * * *', 'second (field 1, "60")'],
    ['*/0 * * * *', 'minute (field 1, "*/0")'],
    ['5-1 99 * * *', 'minute (field 1, "5-1"), hour (field 2, "99")'],
    ['0 0 * * \u0000', 'day of week (field 5'],
    [`0 0 * * ${'1,'.repeat(200)}1`, 'at most 200 characters'],
  ] as const) {
    const pattern = parsePattern(text);
    t.match('problem' in pattern ? pattern.problem : 'a pattern', problem, JSON.stringify(text));
  }
});

void t.test(
  'a pattern is parsed once and cached, and an invalid pattern returns the same problem each time',
  (t) => {
    const text = '7 3 * * 1';
    t.equal(parsePattern(text), parsePattern(text));
    const others = Array.from(
      { length: 1500 },
      (_, index) => `${index % 60} ${Math.floor(index / 60) % 24} ${1 + Math.floor(index / 1440)} * *`,
    );
    t.equal(
      new Set(others.map((other) => parsePattern(other))).size,
      others.length,
      'each text has its own pattern',
    );
    t.same(parsePattern('61 * * * *'), parsePattern('61 * * * *'));
    t.match(parsePattern('61 * * * *'), { problem: /minute/ });
    t.end();
  },
);

const DAY_MS = 86_400_000;
const START = Date.parse('2026-11-29T00:00:00Z');

function daysOf(text: string, match?: DayMatch): string[] {
  const pattern = parsePattern(text, match);
  if ('problem' in pattern) throw new Error(pattern.problem);
  const days: string[] = [];
  for (let at = START - 1; days.length < 60;) {
    const next = pattern.next(at);
    if (next === undefined) break;
    at = next;
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}

void t.test("both day fields are combined by the rule of Debian's cron unless a rule is given", async (t) => {
  t.same(daysOf('0 0 */2 * 1').slice(0, 3), ['2026-12-07', '2026-12-21', '2027-01-11'], 'odd Mondays');
  t.same(
    daysOf('0 3 1-7 * 0', 'and').slice(0, 3),
    ['2026-12-06', '2027-01-03', '2027-02-07'],
    'first Sundays',
  );
  const isOn = (text: string) => {
    const days = new Set(daysOf(text, 'or'));
    return (day: string) => days.has(day);
  };
  for (const month of ['*/2', '1-7', '13', 'L', '*,5', '1-31', '*', '?', '?/3', '15W'])
    for (const week of ['*/2', '1', '5L', '1#2', '1-5', '*', '?', '0-7'])
      for (const match of [undefined, ...DAY_MATCHES]) {
        const text = `0 0 ${month} * ${week}`;
        const rule = dayFieldsOf(text, match);
        const [byMonth, byWeek] = [isOn(`0 0 ${month} * *`), isOn(`0 0 * * ${week}`)];
        const all = Array.from({ length: 45 }, (_, day) =>
          new Date(START + day * DAY_MS).toISOString().slice(0, 10),
        );
        const wanted = all.filter((day) =>
          rule === 'or' ? byMonth(day) || byWeek(day) : byMonth(day) && byWeek(day),
        );
        const found = daysOf(text, match).filter((day) => day <= (all.at(-1) ?? ''));
        t.same(found, wanted, `${text} ${match ?? ''} ${rule ?? ''}`);
      }
  t.equal(dayFieldsOf('0 0 1 * +1', 'or'), 'and', 'the plus of a pattern decides');
  t.equal(dayFieldsOf('@weekly', 'and'), undefined);
  t.equal(dayFieldsOf('0 0 0 */2 * 1'), 'and', 'with seconds');
});
