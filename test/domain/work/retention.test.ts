import t from 'tap';
import { isRetained, isSurplus, MAX_RETAINED_JOBS, RETAINED, retain } from '#domain/work/index.js';

void t.test('ended work becomes surplus once enough later work has ended', async (t) => {
  let retention = retain(RETAINED, true);
  for (let later = 0; later < MAX_RETAINED_JOBS; later += 1) {
    t.notOk(isSurplus(retention), `the work is not surplus while ${later} later works are over`);
    retention = retain(retention, false);
  }
  t.ok(isSurplus(retention));
  t.notOk(isSurplus(retention, 1000), 'a surface may retain more');
});

void t.test('work in progress does not count later work, and ends only once', async (t) => {
  t.equal(retain(RETAINED, false), RETAINED);
  const over = retain(retain(RETAINED, true), false);
  t.equal(retain(over, true), over);
});

void t.test('a job is retained while its work has ended and the job still exists', async (t) => {
  const over = retain(RETAINED, true);
  t.same(
    (['none', 'begun', 'stopped', 'forgotten'] as const).map((job) => isRetained(over, job)),
    [false, true, true, false],
  );
  t.notOk(isRetained(RETAINED, 'begun'));
});
