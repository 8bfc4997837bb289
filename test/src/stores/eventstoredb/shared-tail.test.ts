import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import t, { type Test } from 'tap';
import type { Batch } from '#src/stores/eventstoredb/batches.js';
import { LiveTail } from '#src/stores/eventstoredb/live-tail.js';
import { SharedTail, shareTail } from '#src/stores/eventstoredb/shared-tail.js';
import { eventually } from '../../../fixtures/eventually.js';
import { Follower, Log, upTo } from './tails.js';

/** A tail, and the same over a port, as another thread reads it. */
function scene(t: Test) {
  const log = new Log();
  log.append(10);
  const own = log.tail();
  const shared = new SharedTail(shareTail(own));
  // Neither end of the port keeps a process running.
  const running = setInterval(() => undefined, 1_000);
  t.teardown(() => {
    clearInterval(running);
    shared.close();
  });
  return { log, own, shared, other: new LiveTail((after, signal) => shared.follow(after, signal)) };
}

void t.test('delivers every event once to followers of both threads, from one subscription', async (t) => {
  const { log, own, other } = scene(t);
  const all = [new Follower(own, 5n), new Follower(other, 7n), new Follower(other, 9n)];
  const running = all.map((each) => each.run());
  for (const { length } of Array.from({ length: 5 }, () => log.events)) {
    log.append(3);
    await Promise.all(all.map((each) => each.reaches(BigInt(length + 2))));
  }
  t.same(
    all.map(({ positions }) => positions),
    [upTo(6, 19), upTo(8, 17), upTo(10, 15)],
  );
  t.equal(log.begun.length, 1);
  for (const each of all) each.leaving.abort();
  await Promise.all(running);
  t.same(
    all.map(({ problem }) => problem),
    [undefined, undefined, undefined],
  );
  await eventually(() => log.begun[0]?.signal.aborted === true, { what: 'the end of the subscription' });
});

void t.test('begins like a subscription that has caught up', async (t) => {
  const { shared } = scene(t);
  const leaving = new AbortController();
  const batches = shared.follow(9n, leaving.signal);
  t.same((await batches.next()).value, { events: [], caughtUp: true });
  await batches.return();
});

void t.test('ends without an error if it is too slow, so that followers subscribe themselves', async (t) => {
  const { log, own, other } = scene(t);
  const [fast, slow] = [new Follower(own, 9n), new Follower(other, 9n)];
  const running = fast.run();
  const first = slow.take();
  log.append(1);
  await Promise.all([fast.reaches(10n), first]);
  for (let batch = 0; batch < 10; batch += 1) {
    log.append(500);
    await fast.reaches(BigInt(log.events.length - 1));
  }
  await slow.run();
  t.ok(slow.ended);
  t.equal(slow.problem, undefined);
  t.same(slow.positions, upTo(10, slow.positions.length), 'no event was skipped');
  t.ok(slow.positions.length < fast.positions.length);
  fast.leaving.abort();
  await running;
});

void t.test('fails like an unreachable store if the subscription fails', async (t) => {
  const { log, other } = scene(t);
  const follower = new Follower(other, 9n);
  const running = follower.run();
  await eventually(() => log.begun.length === 1, { what: 'the subscription' });
  log.failure = new Error('the connection broke');
  await running;
  t.match(follower.problem, {
    code: 'MUSTER_E_STORE_UNAVAILABLE',
    fields: { problem: 'the connection broke' },
  });
});

void t.test('ends when it is closed', async (t) => {
  const { log, shared, other } = scene(t);
  const follower = new Follower(other, 9n);
  const running = follower.run();
  await eventually(() => log.begun.length === 1, { what: 'the subscription' });
  shared.close();
  await running;
  t.ok(follower.ended);
  t.equal(follower.problem, undefined);
  await eventually(() => log.begun[0]?.signal.aborted === true, { what: 'the end of the subscription' });
});

void t.test('ends the subscription if a follower leaves while it works on a batch', async (t) => {
  const { log, shared } = scene(t);
  const follower = new Follower(shared, 5n);
  await follower.take();
  await follower.take();
  t.same(follower.positions, upTo(6, 4));
  await follower.leave();
  await eventually(() => log.begun[0]?.signal.aborted === true, { what: 'the end of the subscription' });
});

void t.test('ends the subscription when the thread that follows has exited', async (t) => {
  const log = new Log();
  log.append(10);
  const port = shareTail(log.tail());
  const requests = [
    { kind: 'follow', id: 1, after: 5n },
    { kind: 'next', id: 1 },
  ];
  const worker = new Worker(
    `const { workerData: { port, requests }, parentPort } = require('node:worker_threads');
    port.on('message', (reply) => { parentPort.postMessage(reply); process.exit(); });
    for (const request of requests) port.postMessage(request);`,
    { eval: true, workerData: { port, requests }, transferList: [port] },
  );
  const [reply] = (await once(worker, 'message')) as [{ readonly batch: Batch }];
  t.same(
    reply.batch.events.map(({ position }) => position),
    upTo(6, 4),
  );
  await eventually(() => log.begun[0]?.signal.aborted === true, { what: 'the end of the subscription' });
});
