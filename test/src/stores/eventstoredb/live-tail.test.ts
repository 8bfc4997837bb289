import t from 'tap';
import { Follower, Log, upTo } from './tails.js';

void t.test('shares one subscription among followers, each getting every event once', async (t) => {
  const log = new Log();
  log.append(10);
  const tail = log.tail();
  const [first, second] = [new Follower(tail, 5n), new Follower(tail, 9n)];
  const running = [first.run(), second.run()];
  await first.reaches(9n);
  log.append(1);
  await Promise.all([first.reaches(10n), second.reaches(10n)]);
  const third = new Follower(tail, 7n);
  running.push(third.run());
  await third.reaches(10n);
  log.append(3);
  await Promise.all([first, second, third].map((each) => each.reaches(13n)));
  t.same(first.positions, upTo(6, 8));
  t.same(second.positions, upTo(10, 4));
  t.same(third.positions, upTo(8, 6), 'a follower that joins late gets earlier events too');
  t.equal(log.begun.length, 1);
  t.equal(log.begun[0]?.after, 5n);

  for (const each of [first, second]) each.leaving.abort();
  await Promise.all(running.slice(0, 2));
  t.equal(log.begun[0]?.signal.aborted, false, 'the subscription continues while one follower remains');
  third.leaving.abort();
  await running[2];
  t.equal(log.begun[0]?.signal.aborted, true, 'the subscription ends with its last follower');
  t.same(
    [first, second, third].map(({ problem }) => problem),
    [undefined, undefined, undefined],
  );

  log.append(1);
  const later = new Follower(tail, 13n);
  const end = later.run();
  await later.reaches(14n);
  t.equal(log.begun.length, 2, 'a later follower starts a new subscription');
  later.leaving.abort();
  await end;
});

void t.test(
  'delivers all buffered events to a slow follower, and ends it once it falls behind the buffer',
  async (t) => {
    const log = new Log();
    log.append(1);
    const tail = log.tail();
    const [fast, slow] = [new Follower(tail, 0n), new Follower(tail, 0n)];
    const running = fast.run();
    const waiting = slow.take();
    log.append(1);
    await waiting;
    await fast.reaches(1n);
    for (let batch = 0; batch < 4; batch += 1) {
      log.append(500);
      await fast.reaches(BigInt(log.events.length - 1));
    }
    await slow.take();
    t.same(slow.positions, upTo(1, 2_001));
    for (let batch = 0; batch < 5; batch += 1) {
      log.append(500);
      await fast.reaches(BigInt(log.events.length - 1));
    }
    await slow.take();
    t.ok(slow.ended, 'the follower has fallen behind the buffer');
    t.same(slow.positions, upTo(1, 2_001), 'no event was skipped');
    t.same(fast.positions, upTo(1, 4_501));

    const far = new Follower(tail, 100n);
    await far.take();
    t.ok(far.ended, 'a new follower from a position before the buffer ends too');
    t.equal(log.begun.length, 1);
    fast.leaving.abort();
    await running;
  },
);

void t.test('limits the buffer by its size in bytes', async (t) => {
  const log = new Log();
  log.append(1);
  const tail = log.tail();
  const fast = new Follower(tail, 0n);
  const running = fast.run();
  for (let batch = 0; batch < 5; batch += 1) {
    log.append(1, 1024 * 1024);
    await fast.reaches(BigInt(log.events.length - 1));
  }
  const far = new Follower(tail, 0n);
  await far.take();
  t.ok(far.ended);
  const near = new Follower(tail, 3n);
  await near.take();
  t.same(near.positions, upTo(4, 2));
  fast.leaving.abort();
  near.leaving.abort();
  await Promise.all([running, near.take()]);
});

void t.test('reads only on demand, and reports a failure to all followers', async (t) => {
  const log = new Log();
  log.append(1);
  const tail = log.tail();
  const [first, second] = [new Follower(tail, undefined), new Follower(tail, undefined)];
  await Promise.all([first.take(), second.take()]);
  log.append(5);
  t.equal(log.asked, 1);
  await first.take();
  t.equal(log.asked, 2);
  log.failure = new Error('the connection broke');
  await Promise.all([first.run(), second.run()]);
  t.same(first.positions, upTo(0, 6));
  t.same(second.positions, upTo(0, 6), 'events from before the failure are still delivered');
  t.equal(first.problem, log.failure);
  t.equal(second.problem, log.failure);
});
