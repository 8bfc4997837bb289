import t from 'tap';
import { Failures } from '#src/accounts/failures.js';

function scene(bound = 3) {
  const clock = { time: 1_000, monotonic: () => clock.time };
  const failures = new Failures(clock, { bound, withinMs: 10_000 });
  const fail = (times: number, address: string, name = 'ann'): void => {
    for (let index = 0; index < times; index += 1) failures.failed(name, address);
  };
  return { clock, failures, fail };
}

void t.test(
  'blocks an address from a name after too many failures, until the oldest failure expires',
  async (t) => {
    const { clock, failures, fail } = scene();
    fail(2, 'a');
    t.equal(failures.delayOf('ann', 'a'), 0);
    clock.time += 4_000;
    fail(1, 'a');
    t.throws(() => failures.delayOf('ann', 'a'), {
      code: 'MUSTER_E_RATE_LIMITED',
      fields: { retryAfter: 6 },
    });
    t.equal(failures.delayOf('bob', 'a'), 0, 'another name is not blocked');
    clock.time += 6_001;
    t.equal(failures.delayOf('ann', 'a'), 0);
  },
);

void t.test(
  'delays logins from other addresses longer with each round of failures, but never blocks them',
  async (t) => {
    const { failures, fail } = scene();
    const delays: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      delays.push(failures.delayOf('ann', 'honest'));
      fail(3, `bad-${round}`);
    }
    t.same(delays, [0, 250, 500, 1000, 2000, 4000, 8000, 8000, 8000, 8000, 8000, 8000]);
  },
);

void t.test(
  'delays an address with an earlier successful login only after its own failures, and never blocks it',
  async (t) => {
    const { failures, fail } = scene();
    failures.succeeded('ann', 'home');
    for (let round = 0; round < 10; round += 1) fail(3, `bad-${round}`);
    t.equal(failures.delayOf('ann', 'home'), 0, 'failures of other addresses do not slow it');
    fail(3, 'home');
    t.equal(failures.delayOf('ann', 'home'), 250);
    fail(100, 'home');
    t.equal(failures.delayOf('ann', 'home'), 8000);
    failures.succeeded('ann', 'home');
    t.equal(failures.delayOf('ann', 'home'), 0);
  },
);
