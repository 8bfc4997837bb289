import t from 'tap';
import { attempts, type AttemptEvent } from '#domain/accounts/attempt/index.js';
import { specify } from '../../kernel/event/decider-specification.js';

const { given } = specify(attempts, { moments: (revision) => (revision + 1) * 1000 });

const failed = (address: string, count = 1): AttemptEvent => ({
  type: 'LoginFailed',
  data: { account: 'u', address, count },
});
const denied: AttemptEvent = {
  type: 'AccessDenied',
  data: { account: 'u', address: 'a', count: 1, route: 'GET /jobs' },
};

void t.test('an attempt is recorded at most once a minute for each type and address', async (t) => {
  given()
    .when({ attempt: failed('a'), now: 1000 })
    .then(t, failed('a'));
  given(failed('a'))
    .when({ attempt: failed('a', 9), now: 60_999 })
    .then(t);
  given(failed('a'))
    .when({ attempt: failed('a', 9), now: 61_000 })
    .then(t, failed('a', 9));
  given(failed('a'))
    .when({ attempt: failed('b'), now: 2000 })
    .then(t, failed('b'));
  given(failed('a')).when({ attempt: denied, now: 2000 }).then(t, denied);
  given(failed('a'))
    .when({ attempt: failed('a'), now: 500 })
    .then(t, failed('a'));
});
