import t from 'tap';
import { PositionWaiters } from '#src/engine/read-models/position-waiters.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import type { ChangedModels } from '#domain/kernel/ports/read-models.js';

void t.test('notifies waiters whose position was reached, while others keep waiting', async (t) => {
  const clock = new TestClock();
  const waiters = new PositionWaiters(clock);
  t.equal(waiters.position, -1n);
  const answers: string[] = [];
  for (const position of [3n, 5n])
    void waiters.waitFor(position, 1000).then((reached) => answers.push(`${position} ${reached}`));
  waiters.reached(2n, 'any');
  await clock.advance(0);
  t.strictSame(answers, []);
  waiters.reached(3n, 'any');
  await clock.advance(0);
  t.strictSame(answers, ['3 true']);
  t.equal(clock.sleeping, 1, 'a notified waiter has no timer left');
  await clock.advance(999);
  t.strictSame(answers, ['3 true']);
  await clock.advance(1);
  t.strictSame(answers, ['3 true', '5 false']);
  waiters.reached(9n, 'any');
  await clock.advance(0);
  t.equal(answers.length, 2, 'no waiter is notified twice');
});

void t.test('does not wait for a position that was reached, or with a timeout of 0', async (t) => {
  const clock = new TestClock();
  const waiters = new PositionWaiters(clock);
  waiters.reached(5n, 'any');
  t.equal(await waiters.waitFor(5n, 0), true);
  t.equal(await waiters.waitFor(6n, 0), false);
  waiters.reached(2n, 'any');
  t.equal(waiters.position, 2n, 'the position can go back when the models are rebuilt');
  t.equal(await waiters.waitFor(5n, 0), false);
  t.equal(clock.sleeping, 0);
});

void t.test('resolves all waiters with false when it is closed', async (t) => {
  const clock = new TestClock();
  const waiters = new PositionWaiters(clock);
  const waiting = [waiters.waitFor(1n, 1000), waiters.waitFor(2n, 1000)];
  waiters.close();
  t.strictSame(await Promise.all(waiting), [false, false]);
  t.equal(clock.sleeping, 0);
});

void t.test('reports changed models even at the same position, and nothing after the end', async (t) => {
  const waiters = new PositionWaiters(new TestClock());
  const moved: ChangedModels[] = [];
  const leave = waiters.onMoved((changed) => moved.push(changed));
  const [nothing, jobs] = [new Set<string>(), new Set(['jobs'])];
  waiters.reached(3n, jobs);
  waiters.reached(3n, nothing);
  t.strictSame(moved.splice(0), [jobs], 'the same position without changed models is not reported');
  waiters.reached(4n, nothing);
  waiters.reached(4n, jobs);
  waiters.reached(4n, 'any');
  t.strictSame(moved.splice(0), [nothing, jobs, 'any']);
  leave();
  waiters.reached(10n, 'any');
  t.strictSame(moved, []);
});
