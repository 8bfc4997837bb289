import t from 'tap';
import { isRetained, isSurplus, MAX_RETAINED_JOBS, RETAINED, retain } from '#domain/work/index.js';

void t.test('work that is over counts what was over after it, and is one too many in the end', async (t) => {
  let retention = retain(RETAINED, true);
  for (let later = 0; later < MAX_RETAINED_JOBS; later += 1) {
    t.notOk(isSurplus(retention), `${later} later`);
    retention = retain(retention, false);
  }
  t.ok(isSurplus(retention));
  t.notOk(isSurplus(retention, 1000), 'a surface may keep more');
});

void t.test('work that goes on counts nothing, and is over once', async (t) => {
  t.equal(retain(RETAINED, false), RETAINED);
  const over = retain(retain(RETAINED, true), false);
  t.equal(retain(over, true), over);
});

void t.test('a job is kept while its work is over and it is there', async (t) => {
  const over = retain(RETAINED, true);
  t.same(
    (['none', 'begun', 'stopped', 'forgotten'] as const).map((job) => isRetained(over, job)),
    [false, true, true, false],
  );
  t.notOk(isRetained(RETAINED, 'begun'));
});
