import t from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import { retryWhileUnavailable } from '#src/process/host/retry.js';
import { TestClock } from '../../../fixtures/test-clock.js';

const away = (): MusterError => new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'it is starting' });

void t.test('retries a startup step while the event store is unavailable', async (t) => {
  const clock = new TestClock();
  let tries = 0;
  const done = retryWhileUnavailable(clock)(async () => {
    tries += 1;
    if (tries < 4) throw away();
    return await Promise.resolve('done');
  });
  await clock.advance(1_000);
  t.equal(await done, 'done');
  t.equal(tries, 4);
});

void t.test('gives up after half a minute, or at once for other errors', async (t) => {
  const clock = new TestClock();
  const waiting = t.rejects(
    retryWhileUnavailable(clock)(() => Promise.reject(away())),
    { code: 'MUSTER_E_STORE_UNAVAILABLE' },
  );
  await clock.advance(31_000);
  await waiting;
  await t.rejects(
    retryWhileUnavailable(clock)(() => Promise.reject(new Error('a defect'))),
    /a defect/,
  );
});
