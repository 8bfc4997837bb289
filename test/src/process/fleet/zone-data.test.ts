import t from 'tap';
import { ZONE_DATA_VERSION } from '#domain/tasks/schedule/index.js';
import { checkOfZoneData } from '#src/process/fleet/zone-data.js';

const NOVEMBER = Date.UTC(2026, 10, 29);

void t.test('readiness shows the release of the zone data, and whether the fleet uses it', async (t) => {
  t.match(checkOfZoneData(undefined, NOVEMBER), { ok: true, vital: false, detail: ZONE_DATA_VERSION });
  t.match(checkOfZoneData('2026f', NOVEMBER, '2026f'), { ok: true, detail: '2026f' });
  t.match(checkOfZoneData('2026f', NOVEMBER, '2026c'), {
    ok: false,
    vital: false,
    detail: /^this server has 2026c, the fleet decides schedules with 2026f: /,
  });
});

void t.test('readiness reports zone data that are older than twelve months', async (t) => {
  t.match(checkOfZoneData(undefined, Date.UTC(2027, 11, 31), '2026f'), { ok: true });
  t.match(checkOfZoneData(undefined, Date.UTC(2028, 0, 1), '2026f'), {
    ok: false,
    detail: /older than 12 months/,
  });
});
