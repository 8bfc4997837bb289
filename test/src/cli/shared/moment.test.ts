import t from 'tap';
import { momentOf } from '#src/cli/shared/moment.js';

// Node reads the variable whenever a date is created.
process.env['TZ'] = 'Europe/Berlin';
/** 2026-11-20 12:00 in Berlin. */
const NOW = Date.parse('2026-11-20T11:00:00Z');
const of = (text: string, now = NOW): string => momentOf('--from', text, now);

void t.test('accepts positions, durations, times of day and dates', async (t) => {
  for (const [text, moment] of [
    ['#18204', '18204'],
    ['-2h', '2026-11-20T09:00:00.000Z'],
    ['90s', '2026-11-20T10:58:30.000Z'],
    ['1y', '2025-11-20T11:00:00.000Z'],
    ['11:32', '2026-11-20T10:32:00.000Z'],
    ['14:32', '2026-11-19T13:32:00.000Z'],
    ['today 14:32', '2026-11-20T13:32:00.000Z'],
    ['yesterday 14:32:05', '2026-11-19T13:32:05.000Z'],
    ['2026-07-01 14:32', '2026-07-01T12:32:00.000Z'],
    ['2026-11-20T14:32:00+02:00', '2026-11-20T12:32:00.000Z'],
    ['2026-10-25T02:30:00+02:00', '2026-10-25T00:30:00.000Z'],
  ] as const)
    t.equal(of(text), moment, text);
});

void t.test('resolves yesterday correctly across a clock change', async (t) => {
  t.equal(of('yesterday 12:00', Date.parse('2026-10-25T22:30:00Z')), '2026-10-24T10:00:00.000Z');
  t.equal(of('yesterday 12:00', Date.parse('2026-03-29T21:30:00Z')), '2026-03-28T11:00:00.000Z');
});

void t.test('refuses invalid, nonexistent and ambiguous times', async (t) => {
  for (const [text, problem] of [
    ['18204', /must be a time such as/],
    ['', /must be a time such as/],
    ['now-ish', /must be a time such as/],
    ['25:00', /not a time that exists/],
    ['999999999d', /is before 1970/],
    ['2026-02-30 10:00', /not a time that exists/],
    ['2026-13-01T00:00:00Z', /not a time that exists/],
    ['2026-02-30T00:00:00Z', /not a time that exists/],
    ['2026-02-29T23:00:00-05:00', /not a time that exists/],
    ['2026-03-29 02:30', /not a time that exists/],
    [
      '2026-10-25 02:30',
      /occurs twice on that day: write 2026-10-25T02:30:00\+02:00 or 2026-10-25T02:30:00\+01:00/,
    ],
  ] as const)
    t.throws(() => of(text), { message: problem }, text);
});
