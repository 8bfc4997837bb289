import t from 'tap';
import { localTime, localTimes, zoneTimes } from '#src/cli/shared/local-time.js';

const AT = Date.parse('2026-11-20T13:32:05Z');

void t.test('formats times in the zone of the terminal, with its name', async (t) => {
  for (const [zone, text] of [
    ['Europe/Berlin', '2026-11-20 14:32:05 CET'],
    ['America/New_York', '2026-11-20 08:32:05 EST'],
    ['Asia/Kolkata', '2026-11-20 19:02:05 GMT+5:30'],
    ['UTC', '2026-11-20 13:32:05 UTC'],
  ] as const) {
    // Node reads the variable whenever a date is shown.
    process.env['TZ'] = zone;
    t.equal(localTime(AT), text);
  }
});

void t.test('writes instants in the zone only on a terminal', async (t) => {
  process.env['TZ'] = 'Europe/Berlin';
  const { isTTY } = process.stdout;
  t.teardown(() => (process.stdout.isTTY = isTTY));
  const text = 'slot 2026-11-20T13:32:05.123Z; not 2026-11-20';
  process.stdout.isTTY = false;
  t.equal(localTimes(text), text);
  process.stdout.isTTY = true;
  t.equal(localTimes(text), 'slot 2026-11-20 14:32:05 CET; not 2026-11-20');
});

void t.test('times of schedules follow the zone data that decides them', async (t) => {
  t.equal((await zoneTimes('Europe/Berlin'))(AT), '2026-11-20 14:32:05 CET');
  // Morocco stays on UTC since September 2026, which Node 20 does not know.
  t.match(
    (await zoneTimes('Africa/Casablanca'))(AT),
    /^2026-11-20 13:32:05 (GMT|UTC|WET|Africa\/Casablanca)$/,
  );
  t.equal((await zoneTimes('Mars/Olympus'))(AT), '2026-11-20 13:32:05 UTC');
});
