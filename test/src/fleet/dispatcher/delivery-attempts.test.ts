import t from 'tap';
import { NOT_ATTEMPTED } from '#domain/scheduling/dispatch/next-step.js';
import { DeliveryAttempts } from '#src/fleet/dispatcher/delivery-attempts.js';
import { TestClock } from '../../../fixtures/test-clock.js';

async function book() {
  const clock = new TestClock();
  await clock.advance(10_000);
  return { clock, book: new DeliveryAttempts(clock, { first: 100, most: 1000 }) };
}

void t.test('has no attempts at first, and keeps all other fields when one is changed', async (t) => {
  const { book: dealings } = await book();
  t.same(dealings.of('a'), NOT_ATTEMPTED);
  t.notOk(dealings.has('a'));
  dealings.change('a', { order: 'unknown' });
  dealings.change('a', { sentAt: 7 });
  t.same(
    dealings.of('a'),
    { ...NOT_ATTEMPTED, order: 'unknown', sentAt: 7 },
    'a change keeps the other fields',
  );
  t.ok(dealings.has('a'));
  t.notOk(dealings.has('b'));
  dealings.forget('a');
  t.notOk(dealings.has('a'));
});

void t.test('doubles the delay after each attempt without effect, up to the maximum', async (t) => {
  const { book: dealings } = await book();
  const pauses = [100, 200, 400, 800, 1000, 1000];
  for (const [index, pause] of pauses.entries()) {
    dealings.failed('a');
    t.match(dealings.of('a'), { failures: index + 1, notBefore: 10_000 + pause });
  }
  dealings.failed('b', { order: 'unknown' }, { first: 3, most: 4 });
  t.match(dealings.of('b'), { failures: 1, notBefore: 10_003, order: 'unknown' });
});

void t.test('counts another missing report only after a second', async (t) => {
  const { clock, book: dealings } = await book();
  t.equal(dealings.absent('a', 2), false);
  t.match(dealings.of('a'), { absences: 1, absentAt: 10_000 });
  await clock.advance(999);
  t.equal(dealings.absent('a', 2), false);
  t.equal(dealings.absent('a', 1), true, 'one missing report was already counted');
  t.match(dealings.of('a'), { absences: 1, absentAt: 10_000 });
  await clock.advance(1);
  t.equal(dealings.absent('a', 2), true);
  t.match(dealings.of('a'), { absences: 2, absentAt: 11_000 });
  t.equal(dealings.absent('a', 2), true, 'both missing reports are still counted');
});

void t.test('counts the first missing report at once', async (t) => {
  const dealings = new DeliveryAttempts(new TestClock(), { first: 1, most: 1 });
  t.equal(dealings.absent('a', 1), true);
});

void t.test('resets the count of missing reports when the allocation is listed again', async (t) => {
  const { clock, book: dealings } = await book();
  dealings.absent('a', 2);
  dealings.present('a');
  t.equal(dealings.of('a').absences, 0);
  t.equal(dealings.absent('a', 2), false);
  await clock.advance(1000);
  t.equal(dealings.absent('a', 2), true);
  dealings.present('b');
  t.notOk(dealings.has('b'), 'no entry is stored for an allocation that was never missing');
});
