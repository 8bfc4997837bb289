import { t } from 'tap';
import { HeartbeatOrder } from '#src/fleet/nodes/heartbeat-order.js';

void t.test(
  'a heartbeat behind a newer one is old, until nothing newer came for twenty seconds',
  async (t) => {
    const order = new HeartbeatOrder();
    t.ok(order.take('n', 10, 0));
    t.ok(order.isOld('n', 9, 19_999));
    t.notOk(order.take('n', 9, 19_999));
    t.notOk(order.isOld('n', 9, 20_000), 'its clock was set back');
    t.notOk(order.isOld('n', undefined, 1), 'one without a timestamp never is');
    t.notOk(order.isOld('other', 1, 1));
  },
);

void t.test(
  'one with the timestamp of the newest is heard, but counts once for what it leaves out',
  async (t) => {
    const order = new HeartbeatOrder();
    t.ok(order.take('n', 10, 0));
    t.notOk(order.isOld('n', 10, 1));
    t.notOk(order.take('n', 10, 1));
    t.ok(order.take('n', 10.5, 2));
  },
);

void t.test('a node that registers anew may have another clock', async (t) => {
  const order = new HeartbeatOrder();
  t.ok(order.take('n', 10, 0));
  order.forget('n');
  t.notOk(order.isOld('n', 1, 1));
  t.ok(order.take('n', 1, 1));
});
