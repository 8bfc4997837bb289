import t from 'tap';
import type { StopSignal } from '#domain/ports/signal.js';
import { Gathering, RESTS } from '#src/engine/read-models/gathering.js';

/** A clock that keeps what it was asked for; its sleeps end when they are let end, or by their signal. */
function clockOfPauses() {
  const pauses: number[] = [];
  const ends: (() => void)[] = [];
  const sleep = (ms: number, signal?: StopSignal): Promise<void> => {
    pauses.push(ms);
    return new Promise((resolve) => {
      ends.push(resolve);
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  };
  return { clock: { sleep }, pauses, endAll: () => ends.splice(0).forEach((end) => end()) };
}

const never = new AbortController().signal;

void t.test('it waits in proportion to a page, no longer than its bound, and not for what no timer can', async (t) => {
  const { clock, pauses, endAll } = clockOfPauses();
  const gathering = new Gathering(clock);
  for (const events of [1, 4, 5, 100, 500, 1_024]) {
    const waited = gathering.wait(events, 0n, never);
    endAll();
    await waited;
  }
  t.same(pauses, [1, 20, 100, 100]);
});

void t.test('it does not wait while a position is wanted that is not folded, and ends its wait when one is', async (t) => {
  const { clock, pauses, endAll } = clockOfPauses();
  const gathering = new Gathering(clock);
  gathering.want(8n);
  for (let pages = 0; pages < RESTS; pages += 1) await gathering.wait(100, pages === 0 ? 7n : 8n, never);
  t.same(pauses, [], 'somebody waits, or did a moment ago');
  const waited = gathering.wait(100, 8n, never);
  gathering.want(8n);
  gathering.want(3n);
  t.equal(await Promise.race([waited.then(() => 'over'), turns()]), 'waits', 'what is folded is wanted by nobody');
  gathering.want(9n);
  await waited;
  for (let pages = 0; pages < RESTS; pages += 1) await gathering.wait(2, 9n, never);
  const again = gathering.wait(50, 9n, never);
  endAll();
  await again;
  t.same(pauses, [20, 10]);
});

void t.test('it ends with who follows', async (t) => {
  const { clock, pauses } = clockOfPauses();
  const gathering = new Gathering(clock);
  const closing = new AbortController();
  const waited = gathering.wait(100, 0n, closing.signal);
  closing.abort();
  await waited;
  await gathering.wait(100, 0n, closing.signal);
  t.same(pauses, [20]);
});

async function turns(): Promise<'waits'> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return 'waits';
}
