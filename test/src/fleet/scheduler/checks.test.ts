import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { EVENT_CATALOG } from '#test/fixtures/muster-events.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { ClusterFold } from '#src/fleet/scheduler/cluster-fold.js';
import { checkClusterState, checkPlanLog } from '#src/fleet/scheduler/index.js';
import { SNAPSHOT_FILE, writeSnapshot } from '#src/fleet/scheduler/snapshot-file.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { appendForeign } from '../../../fixtures/foreign-events.js';
import { Facts } from './cluster.js';

/** A log with a node and a job, and a snapshot of all of it. `slip` plants an error in the fold. */
async function scene(t: Test, slip: (fold: ClusterFold) => void = () => undefined) {
  const store = createMemoryEventStore();
  const facts = new Facts(store);
  await facts.node('a');
  await facts.job('j');
  const directory = t.testdir();
  const fold = await folded(store);
  slip(fold);
  writeSnapshot(directory, store.id, fold);
  const found = async () =>
    (await checkClusterState(store, directory, EVENT_CATALOG)).map(
      ({ check, subject }) => `${check}: ${subject}`,
    );
  return { store, facts, directory, found };
}

async function folded(store: EventStore): Promise<ClusterFold> {
  const fold = new ClusterFold();
  for await (const page of store.readAll()) fold.fold(EVENT_CATALOG, page);
  return fold;
}

void t.test('accepts a snapshot that matches its part of the log', async (t) => {
  const { facts, found } = await scene(t);
  t.strictSame(await found(), []);
  await facts.node('b');
  await facts.job('k');
  t.strictSame(await found(), []);
});

void t.test('reports each differing part of a snapshot', async (t) => {
  const slips: readonly (readonly [string, (fold: ClusterFold) => void])[] = [
    ['node a', ({ state }) => (state.nodes[0]!.admitted = { epoch: 1, resources: {}, schedulable: true })],
    ['job j', ({ state }) => (state.jobs.get('j')!.priority += 1)],
    ['state', ({ state }) => (state.placements += 1)],
    ['foreign events', (fold) => (fold.foreign = { count: 1, newest: 'scheduler@7' })],
  ];
  for (const [subject, slip] of slips) {
    const { found } = await scene(t, slip);
    t.strictSame(await found(), [`cluster-state: ${subject}`]);
  }
});

void t.test('reports a damaged snapshot, but not a missing one', async (t) => {
  const { store, directory } = await scene(t);
  const file = join(directory, SNAPSHOT_FILE);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"cpu":4000', '"cpu":4001'));
  t.match(await checkClusterState(store, directory, EVENT_CATALOG), [
    { check: 'cluster-state', subject: 'snapshot', detail: /^is damaged: ./ },
  ]);
  t.strictSame(await checkClusterState(store, t.testdir(), EVENT_CATALOG), []);
});

void t.test('ignores a snapshot of another log', async (t) => {
  const { directory } = await scene(t);
  t.strictSame(await checkClusterState(createMemoryEventStore(), directory, EVENT_CATALOG), []);
});

void t.test('checks the plan log and ignores foreign events in it', async (t) => {
  const { store, facts } = await scene(t);
  await facts.append({
    type: 'NodeCapacitySet',
    data: { nodeId: 'a', epoch: 3, resources: {}, schedulable: true },
  });
  await facts.append({ type: 'ClusterCleared', data: {} });
  await facts.append({
    type: 'NodeCapacitySet',
    data: { nodeId: 'a', epoch: 2, resources: {}, schedulable: true },
  });
  t.strictSame(await checkPlanLog(store), [], 'epochs may restart after a clear');
  await facts.append({
    type: 'NodeCapacitySet',
    data: { nodeId: 'a', epoch: 1, resources: {}, schedulable: true },
  });
  t.match(await checkPlanLog(store), [
    { check: 'plan-log.epoch', subject: 'NodeCapacitySet at revision 2 of scheduler' },
  ]);
  const other = createMemoryEventStore();
  await appendForeign(other, 'scheduler');
  t.strictSame(await checkPlanLog(other), []);
});
