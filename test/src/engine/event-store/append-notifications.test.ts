import t from 'tap';
import { AppendNotifications } from '#src/engine/event-store/append-notifications.js';

void t.test('notifies a waiter only of later appends', async (t) => {
  const growth = new AppendNotifications();
  growth.announce();
  const waiting = [growth.next(undefined), growth.next(new AbortController().signal)];
  t.equal(growth.waiting, 2);
  growth.announce();
  t.strictSame(await Promise.all(waiting), [true, true]);
  t.equal(growth.waiting, 0);
});

void t.test('reports no append to a waiter that is aborted, or after it is closed', async (t) => {
  const growth = new AppendNotifications();
  const stopping = new AbortController();
  const one = growth.next(stopping.signal);
  const other = growth.next(undefined);
  stopping.abort();
  t.equal(await one, false);
  t.equal(growth.waiting, 1);
  t.equal(await growth.next(stopping.signal), false);
  t.notOk(growth.closed);
  growth.close();
  t.equal(await other, false);
  t.ok(growth.closed);
  t.equal(await growth.next(undefined), false);
  t.equal(growth.waiting, 0);
});
