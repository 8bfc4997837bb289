import t from 'tap';
import type * as Parse from '../../../console/moment/parse.js';
import type * as Spans from '../../../console/moment/span-cache.js';
import { loadConsole } from '../fixtures/load.js';

const { parseMoment } = await loadConsole<typeof Parse>('moment/parse.ts');
const { SpanCache } = await loadConsole<typeof Spans>('moment/span-cache.ts');
const NOW = new Date('2026-11-20T15:00:00Z');
const typed = (text: string) => parseMoment(text, NOW, true);

void t.test('a position can be entered with or without a leading #', async (t) => {
  t.same(typed('#18204'), { position: '18204' });
  t.same(typed('18 204'), { position: '18204' });
  t.same(
    typed('9007199254740993'),
    { position: '9007199254740993' },
    'a large position keeps all its digits',
  );
});

void t.test('a time of day means today, or yesterday if it is still to come today', async (t) => {
  t.same(typed('14:32'), { time: '2026-11-20T14:32:00.000Z' });
  t.same(typed('16:00:01'), { time: '2026-11-19T16:00:01.000Z' });
  t.same(typed('yesterday 14:05'), { time: '2026-11-19T14:05:00.000Z' });
  t.same(typed('2026-11-18 02:00'), { time: '2026-11-18T02:00:00.000Z' });
  t.same(typed('2026-11-18'), { time: '2026-11-18T00:00:00.000Z' });
});

void t.test('a negative duration is subtracted from the current time', async (t) => {
  t.same(typed('-15m'), { time: '2026-11-20T14:45:00.000Z' });
  t.same(typed('-1h30m'), { time: '2026-11-20T13:30:00.000Z' });
  t.same(typed('-2d'), { time: '2026-11-18T15:00:00.000Z' });
});

void t.test('an exact time with a UTC offset is converted to UTC', async (t) => {
  t.same(typed('2026-11-20T02:00:04.117+05:45'), { time: '2026-11-19T20:15:04.117Z' });
});

void t.test('an invalid or future moment is refused with an explanation', async (t) => {
  for (const text of [
    '',
    'soon',
    '25:00',
    '12:61',
    'tomorrow 10:00',
    '<b>',
    '-5y',
    'today 16:00',
    '2027-01-01',
  ])
    t.match(typed(text), { problem: /\.$/ }, text);
});

void t.test('a cached response is valid only within its range', async (t) => {
  const cache = new SpanCache<string>();
  cache.add('/jobs', { from: 10n, known: 12n, until: 20n }, 'closed');
  cache.add('/jobs', { from: 20n, known: 30n, until: undefined }, 'open');
  t.equal(cache.get('/jobs', '10'), 'closed');
  t.equal(cache.get('/jobs', '19'), 'closed');
  t.equal(cache.get('/jobs', '9'), undefined);
  t.equal(cache.get('/jobs', '30'), 'open');
  t.equal(cache.get('/jobs', '31'), undefined, 'the response may have changed after the last known position');
  t.equal(cache.get('/nodes', '15'), undefined);
  t.equal(cache.get('/jobs', '2026-11-20T15:00:00Z'), undefined, 'a time is not a position');
});
