import { t } from 'tap';
import { HeartbeatOrder } from '#src/fleet/nodes/heartbeat-order.js';

void t.test('treats a heartbeat as old if a newer one arrived within the last twenty seconds', async (t) => {
  const order = new HeartbeatOrder();
  t.ok(order.take('n', 10, 0));
  t.ok(order.isOld('n', 9, 19_999));
  t.notOk(order.take('n', 9, 19_999));
  t.notOk(
    order.isOld('n', 9, 20_000),
    'after twenty seconds, an older timestamp means that the clock was set back',
  );
  t.notOk(order.isOld('n', undefined, 1), 'a heartbeat without a timestamp is never old');
  t.notOk(order.isOld('other', 1, 1));
});

void t.test('counts missing allocations only once for equal timestamps', async (t) => {
  const order = new HeartbeatOrder();
  t.ok(order.take('n', 10, 0));
  t.notOk(order.isOld('n', 10, 1));
  t.notOk(order.take('n', 10, 1));
  t.ok(order.take('n', 10.5, 2));
});

void t.test('accepts an earlier timestamp after a new registration', async (t) => {
  const order = new HeartbeatOrder();
  t.ok(order.take('n', 10, 0));
  order.forget('n');
  t.notOk(order.isOld('n', 1, 1));
  t.ok(order.take('n', 1, 1));
});
