import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { EVENT_CATALOG } from '#test/fixtures/muster-events.js';
import { recordsOfPlacements } from '#domain/scheduling/dispatch/snapshot.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { LivePlacements } from '#src/fleet/nodes/live-placements.js';
import { checkPlacements } from '#src/fleet/nodes/placements-snapshot.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { eventually } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import { logger, Pen } from './cluster.js';

const FILE = 'placements.ndjson';

/** Follows the log like a starting server, and records the positions from which it reads. */
async function start(t: Test, store: EventStore, directory: string) {
  const began: unknown[] = [];
  const watched = new Proxy(store, {
    get: (target, name) => {
      if (name === 'subscribe') {
        return (options: Parameters<EventStore['subscribe']>[0]) => {
          began.push(options?.after);
          return target.subscribe(options);
        };
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const clock = new TestClock();
  const placements = new LivePlacements({ store: watched, catalog: EVENT_CATALOG, clock, logger, directory });
  t.teardown(() => placements.stop());
  await placements.ready;
  return { placements, began, clock };
}

async function lived(t: Test) {
  const store = createMemoryEventStore();
  const directory = ownFolder(t);
  const pen = new Pen(store);
  for (const nodeId of ['n1', 'n2']) {
    await pen.write(`node-${nodeId}`, {
      type: 'NodeRegistered',
      data: {
        nodeId,
        epoch: 1,
        ipAddress: '10.0.0.1',
        resources: {},
        attributes: {},
        healthy: true,
        endpoint: 'http://10.0.0.1:1',
        protocol: 'basic',
      },
    });
  }
  await pen.place('old', 'n2');
  await pen.clear();
  await pen.write('node-n1', {
    type: 'NodeRegistered',
    data: {
      nodeId: 'n1',
      epoch: 2,
      ipAddress: '10.0.0.1',
      resources: {},
      attributes: {},
      healthy: true,
      endpoint: 'http://10.0.0.1:1',
      protocol: 'basic',
    },
  });
  for (const allocationId of ['a1', 'a2', 'a3']) await pen.place(allocationId);
  await pen.write('node-n1', {
    type: 'AllocationAccepted',
    data: { allocationId: 'a1', jobId: 'j1', group: 'web', slot: 0, nodeId: 'n1' },
  });
  await pen.requestStop('a2');
  await pen.release('a3');
  const first = await start(t, store, directory);
  await first.placements.stop();
  return { store, directory, pen, file: join(directory, FILE), before: first.placements.state };
}

const recordsOf = (placements: LivePlacements) => [...recordsOfPlacements(placements.state)];

void t.test('restores the same placements from the snapshot', async (t) => {
  const { store, directory, pen, before } = await lived(t);
  const second = await start(t, store, directory);
  t.strictSame(recordsOf(second.placements), [...recordsOfPlacements(before)]);
  t.ok(second.placements.state.orphans.has('old'));
  t.type(second.began[0], 'bigint', 'the log is not read from its beginning');
  await pen.place('a4', 'n3');
  t.ok(await second.placements.waitFor((await store.head())!, 1000));
  t.equal(second.placements.state.nodes.get('n3')?.allocations.size, 1);
  await second.placements.stop();
  t.strictSame(await checkPlacements(store, directory, EVENT_CATALOG), []);
});

void t.test('reads the log if the snapshot is truncated or of another log', async (t) => {
  const { store, directory, file, before } = await lived(t);
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, -20));
  t.match(await checkPlacements(store, directory, EVENT_CATALOG), [
    { check: 'placements', subject: 'snapshot', detail: /damaged/ },
  ]);
  const torn = await start(t, store, directory);
  t.strictSame(torn.began, [undefined]);
  t.strictSame(recordsOf(torn.placements), [...recordsOfPlacements(before)]);
  await torn.placements.stop();
  t.strictSame(await checkPlacements(store, directory, EVENT_CATALOG), [], 'the snapshot was written again');

  const other = createMemoryEventStore({ id: '00000000-0000-4000-8000-00000000000f' });
  await new Pen(other).place('b1');
  const elsewhere = await start(t, other, directory);
  t.strictSame(elsewhere.began, [undefined]);
  t.equal(elsewhere.placements.state.size, 1);
});

void t.test('the check reports a snapshot that differs from the log', async (t) => {
  const { store, directory, file } = await lived(t);
  const body = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(0, -1)
    .join('\n')
    .replace('"accepted"', '"accepted","started"');
  writeFileSync(
    file,
    `${body}\n${JSON.stringify({ sha256: createHash('sha256').update(`${body}\n`).digest('hex') })}\n`,
  );
  t.match(await checkPlacements(store, directory, EVENT_CATALOG), [
    { check: 'placements', subject: 'node n1', detail: /differs/ },
  ]);
});

void t.test('writes a snapshot when idle after many events', async (t) => {
  const store = createMemoryEventStore();
  const directory = ownFolder(t);
  const { placements, clock } = await start(t, store, directory);
  const pen = new Pen(store);
  for (let batch = 0; batch < 51; batch += 1) {
    const places = Array.from({ length: 100 }, (_, n) => ({
      type: 'AllocationPlaced' as const,
      data: {
        allocationId: `a${batch}-${n}`,
        jobId: 'j1',
        group: 'web',
        slot: n,
        nodeId: 'n1',
        jobVersion: 0,
        attempt: 0,
        epoch: 1,
        evaluationId: 'e',
        resources: {},
      },
    }));
    await pen.write('scheduler', ...places);
  }
  await placements.waitFor((await store.head())!, 60_000);
  t.notOk(existsSync(join(directory, FILE)));
  await eventually(async () => {
    await clock.advance(5000);
    return existsSync(join(directory, FILE));
  });
  t.strictSame(await checkPlacements(store, directory, EVENT_CATALOG), []);
});
