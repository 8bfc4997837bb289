import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import t from 'tap';
import { ALL_CATEGORIES } from '#test/fixtures/muster-events.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { AppendRequest } from '#domain/kernel/ports/event-store.js';
import { openEsdbForImport } from '#src/stores/eventstoredb/open.js';
import { gather, newEvents, refused } from '../../../contract/event-store/fixture.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { startEventStoreProcess } from '../../../fixtures/event-store-process.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { servedStore } from '../../../fixtures/wire-server.js';

t.setTimeout(300_000 * PATIENCE);

/** Appends of one to three events, several per stream. */
function requests(count: number, streams = 37): AppendRequest[] {
  const revisions = new Map<string, number>();
  return Array.from({ length: count }, (_, n) => {
    const stream = `moved-${n % streams}`;
    const events = newEvents(1 + (n % 3));
    const revision = revisions.get(stream);
    revisions.set(stream, (revision ?? -1) + events.length);
    return { stream, expected: revision ?? 'no_stream', events };
  });
}

const idsOf = (all: readonly { readonly id: string }[]): string[] => all.map(({ id }) => id);
const sent = (all: readonly AppendRequest[]): string[] => all.flatMap(({ events }) => idsOf(events));

void t.test('writes concurrent appends in the order in which they were made', async (t) => {
  const { store, server } = await servedStore(t);
  const importing = await openEsdbForImport({ categories: ALL_CATEGORIES, url: server.url });
  t.teardown(async () => await importing.close());
  const all = requests(2_000);
  const results = await Promise.all(all.map(async (request) => await importing.append(request)));
  const log = (await gather(store.readAll())).filter(({ stream }) => stream.startsWith('moved-'));
  t.strictSame(idsOf(log), sent(all));
  const positions = results.map(({ position }) => position);
  t.ok(positions.every((position, n) => n === 0 || position > positions[n - 1]!));
  t.equal(results[0]?.revision, all[0]!.events.length - 1);
});

void t.test('returns the same result and position for repeated appends', async (t) => {
  const { store, server } = await servedStore(t);
  const importing = await openEsdbForImport({ categories: ALL_CATEGORIES, url: server.url });
  t.teardown(async () => await importing.close());
  const all = requests(200);
  const first = [];
  for (const request of all.slice(0, 120)) first.push(await importing.append(request));
  const again = await openEsdbForImport({ categories: ALL_CATEGORIES, url: server.url });
  t.teardown(async () => await again.close());
  const repeated = await Promise.all(all.map(async (request) => await again.append(request)));
  t.same(repeated.slice(0, first.length), first);
  t.strictSame(
    idsOf((await gather(store.readAll())).filter(({ stream }) => stream.startsWith('moved-'))),
    sent(all),
  );
});

void t.test('writes each append exactly once and in order, even if the store is killed', async (t) => {
  const directory = join(ownFolder(t), 'events');
  const first = await startEventStoreProcess(t, { directory });
  let restarted: () => void = () => undefined;
  const restart = new Promise<void>((resolve) => (restarted = resolve));
  // The number of attempts is limited, and a busy machine may start the store more slowly than they take. So the first one waits for it.
  const clock: Clock = {
    ...systemClock,
    sleep: async (ms, signal) => {
      await restart;
      await systemClock.sleep(ms, signal);
    },
  };
  const importing = await openEsdbForImport({ categories: ALL_CATEGORIES, url: first.url, clock });
  t.teardown(async () => await importing.close());
  const all = requests(3_000);
  let answered = 0;
  const importingAll = Promise.all(
    all.map(async (request) => {
      await importing.append(request);
      answered += 1;
    }),
  );
  await eventually(() => answered > 300, { interval: 1, what: 'the first appends' });
  await first.program.end('SIGKILL');
  t.ok(answered < all.length, `${answered} appends were acknowledged before the kill`);
  await startEventStoreProcess(t, { directory, port: first.port });
  restarted();
  await importingAll;
  t.strictSame(
    idsOf((await gather(importing.readAll())).filter(({ stream }) => stream.startsWith('moved-'))),
    sent(all),
  );
});

void t.test('writes nothing after a refused append', async (t) => {
  const { store, server } = await servedStore(t);
  await store.append({ stream: 'moved-1', expected: 'no_stream', events: newEvents(3) });
  const importing = await openEsdbForImport({ categories: ALL_CATEGORIES, url: server.url });
  t.teardown(async () => await importing.close());
  const first = { stream: 'moved-0', expected: 'no_stream', events: newEvents(1) } as const;
  await importing.append(first);
  await refused(
    t,
    importing.append({ stream: 'moved-1', expected: 'no_stream', events: newEvents(1) }),
    'MUSTER_E_WRONG_REVISION',
  );
  await refused(
    t,
    importing.append({ stream: `moved-${randomUUID()}`, expected: 'no_stream', events: newEvents(1) }),
    'MUSTER_E_WRONG_REVISION',
  );
  t.equal((await gather(store.readAll())).filter(({ stream }) => stream.startsWith('moved-')).length, 4);
});
