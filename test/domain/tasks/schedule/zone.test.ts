import t from 'tap';
import { isZoneName, ZONE_DATA_VERSION, zoneOf } from '#domain/tasks/schedule/index.js';

void t.test('only names of the IANA database are accepted as zones', async (t) => {
  for (const name of ['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'EST5EDT'])
    t.equal(zoneOf(name)?.name, name);
  for (const name of [
    '',
    'Mars/Olympus',
    '+02:00',
    'Europe/Berlin\0',
    '../etc/passwd',
    'Europe/Berlin; DROP',
    'x'.repeat(10_000),
  ])
    t.equal(zoneOf(name), undefined, name.slice(0, 30));
});

void t.test('an abbreviation is no zone, even if the zone library reads it', async (t) => {
  const short = ['EST', 'MST', 'HST', 'WET', 'CET', 'MET', 'EET', 'GMT', 'UTC', 'UCT', 'PRC', 'ROC', 'ROK'];
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const accepted = letters.flatMap((a) =>
    letters.flatMap((b) => letters.map((c) => a + b + c).filter((name) => isZoneName(name))),
  );
  t.same(accepted, short.sort(), 'only the names of three letters that the IANA database has');
  for (const name of ['bst', 'Ast', 'SystemV/AST4', 'systemv/pst8pdt']) t.notOk(isZoneName(name), name);
  for (const name of ['Japan', 'GB', 'NZ-CHAT', 'W-SU', 'US/Eastern', 'Etc/GMT+5', 'EST5EDT', 'Zulu'])
    t.ok(isZoneName(name), name);
  t.equal(zoneOf('BST')?.name, 'BST', 'schedules of older releases still fire');
});

void t.test(
  'local time converts back to the same instant, except during the hour that occurs twice',
  async (t) => {
    const zone = zoneOf('Europe/Berlin');
    if (zone === undefined) return t.fail('no Europe/Berlin');
    for (
      let instant = Date.parse('2026-01-01T00:00:00Z');
      instant < Date.parse('2027-01-01T00:00:00Z');
      instant += 15 * 60_000
    ) {
      const { at } = zone.momentOf(zone.wallAt(instant));
      if (at !== instant)
        t.ok(
          instant >= Date.parse('2026-10-25T01:00:00Z') &&
            instant < Date.parse('2026-10-25T02:00:00Z') &&
            at === instant - 3_600_000,
          new Date(instant).toISOString(),
        );
    }
    t.equal(zone.wallAt(0), 3_600_000, 'Berlin was an hour ahead of UTC in 1970');
  },
);

void t.test('the data is that of 2026, whatever the JavaScript engine and the machine have', async (t) => {
  t.match(ZONE_DATA_VERSION, /^20(2[6-9]|[3-9]\d)[a-z]$/);
  // From tzdata 2026.6 of PyPI. The data of 2025 says 11:00, 20:00, 19:00 and 11:00.
  for (const [name, day, utc] of [
    ['Africa/Casablanca', '2026-11-29', '12:00'],
    ['America/Vancouver', '2027-01-15', '19:00'],
    ['America/Edmonton', '2027-01-15', '18:00'],
    ['Africa/El_Aaiun', '2026-11-29', '12:00'],
  ] as const) {
    const noon = zoneOf(name)?.momentOf(Date.parse(`${day}T12:00:00Z`)).at;
    t.equal(noon, Date.parse(`${day}T${utc}:00Z`), name);
  }
});

void t.test(
  'every zone that the JavaScript engine knows has the same times as there, from 2000 to 2025',
  async (t) => {
    for (const name of Intl.supportedValuesOf('timeZone')) {
      const zone = zoneOf(name);
      const format = new Intl.DateTimeFormat('sv-SE', {
        timeZone: name,
        dateStyle: 'short',
        timeStyle: 'medium',
      });
      const offset = (instant: number): number =>
        Date.parse(`${format.format(instant).replace(' ', 'T')}Z`) - instant;
      const own = (instant: number): number => (zone?.wallAt(instant) ?? Number.NaN) - instant;
      const different: string[] = [];
      for (const instant of compared(own, LATER_DATA_FROM[name] ?? 2025))
        if (offset(instant) !== own(instant)) different.push(new Date(instant).toISOString());
      t.same(different, [], name);
    }
  },
);

/** Zones whose past was corrected after the data of Node 20, and the year from which the corrections apply. */
const LATER_DATA_FROM: Readonly<Record<string, number>> = { 'Europe/Chisinau': 2022 };

/** Days between two instants that are compared. Offsets change at most twice a year in most zones, and around Ramadan for a month. */
const DAYS = 9;

/**
 * Returns an instant every few days, and, where our own offset changes in between, also the instants directly before and at the change. Looking at each hour
 * of 25 years takes the JavaScript engine a quarter of a minute.
 */
function* compared(offsetAt: (instant: number) => number, endYear: number): Generator<number> {
  const step = DAYS * 86_400_000;
  for (let from = Date.UTC(2000, 0, 2); from < Date.UTC(endYear, 0); from += step) {
    yield from;
    let [before, after] = [from, from + step];
    if (offsetAt(before) === offsetAt(after)) continue;
    while (after - before > 1_000) {
      const middle = before + Math.floor((after - before) / 2_000) * 1_000;
      if (offsetAt(middle) === offsetAt(before)) before = middle;
      else after = middle;
    }
    yield* [before, after];
  }
}
