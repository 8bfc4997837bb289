import t from 'tap';
import { addressKey, RateLimit } from '#src/accounts/rate-limit.js';
import { TestClock } from '../../fixtures/test-clock.js';

function scene(perMinute: number) {
  const clock = new TestClock();
  const limit = new RateLimit(clock, perMinute, 'logins from this address');
  const taken = (name: string, times: number): number => {
    let count = 0;
    for (let index = 0; index < times; index += 1) {
      try {
        limit.take(name);
        count += 1;
      } catch {
        // Only the number of accepted requests matters here.
      }
    }
    return count;
  };
  return { clock, limit, taken };
}

void t.test("allows a burst of a minute's requests, and then one request at a time", async (t) => {
  const { clock, taken } = scene(6);
  t.equal(taken('a', 10), 6);
  await clock.advance(9_999);
  t.equal(taken('a', 10), 0, 'the next request is allowed only after ten seconds');
  await clock.advance(1);
  t.equal(taken('a', 10), 1);
  await clock.advance(30_000);
  t.equal(taken('a', 10), 3);
});

void t.test('does not accumulate unused requests beyond a minute', async (t) => {
  const { clock, taken } = scene(6);
  t.equal(taken('a', 1), 1);
  await clock.advance(3_600_000);
  t.equal(taken('a', 20), 6);
});

void t.test('limits each name separately', (t) => {
  const { taken } = scene(2);
  t.equal(taken('a', 5), 2);
  t.equal(taken('b', 5), 2);
  t.end();
});

void t.test('a refusal reports the limit and the seconds until a retry', async (t) => {
  const { clock, limit, taken } = scene(6);
  taken('a', 6);
  t.throws(() => limit.take('a'), {
    code: 'MUSTER_E_RATE_LIMITED',
    fields: { what: 'logins from this address', retryAfter: 10 },
  });
  await clock.advance(7_500);
  t.throws(
    () => limit.take('a'),
    { code: 'MUSTER_E_RATE_LIMITED', fields: { retryAfter: 3 } },
    'a fraction of a second is rounded up',
  );
  await clock.advance(2_499);
  t.throws(
    () => limit.take('a'),
    { code: 'MUSTER_E_RATE_LIMITED', fields: { retryAfter: 1 } },
    'the retry time is never zero',
  );
});

void t.test('limits an IPv6 address by its /64 network', (t) => {
  t.equal(addressKey('192.0.2.1'), '192.0.2.1');
  t.equal(addressKey('::ffff:192.0.2.1'), '192.0.2.1');
  t.equal(addressKey('::FFFF:192.0.2.1'), '192.0.2.1');
  t.equal(addressKey('::ffff:c000:201'), '192.0.2.1');
  t.equal(addressKey('0:0:0:0:0:ffff:c000:201'), '192.0.2.1');
  const network = addressKey('2001:db8:1:2:3:4:5:6');
  t.equal(network, '2001:db8:1:2');
  for (const same of [
    '2001:0DB8:0001:0002::',
    '2001:db8:1:2::9',
    '2001:db8:1:2:ffff:ffff:ffff:ffff',
    '2001:db8:1:2::1%eth0',
  ])
    t.equal(addressKey(same), network, same);
  t.not(addressKey('2001:db8:1:3::9'), network);
  t.equal(addressKey('::1'), '0:0:0:0');
  t.equal(addressKey('fe80::1:2:3:4'), 'fe80:0:0:0');
  t.end();
});
