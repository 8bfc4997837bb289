import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { createMemoryEventStore } from '#src/engine/event-store/index.js';
import { ClusterFold } from '#src/fleet/scheduler/cluster-fold.js';
import { checkClusterState, checkPlanLog } from '#src/fleet/scheduler/index.js';
import { SNAPSHOT_FILE, writeSnapshot } from '#src/fleet/scheduler/snapshot-file.js';
import { appendForeign } from '../../../fixtures/foreign-events.js';
import { Facts } from './cluster.js';

/** A log with a node and a job, and a snapshot of all of it; `slip`: what the fold got wrong. */
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
    (await checkClusterState(store, directory)).map(({ check, subject }) => `${check}: ${subject}`);
  return { store, facts, directory, found };
}

async function folded(store: EventStore): Promise<ClusterFold> {
  const fold = new ClusterFold();
  for await (const page of store.readAll()) fold.fold(page);
  return fold;
}

void t.test(
  'a snapshot that says what its part of the log says is sound, however the log went on',
  async (t) => {
    const { facts, found } = await scene(t);
    t.strictSame(await found(), []);
    await facts.node('b');
    await facts.job('k');
    t.strictSame(await found(), []);
  },
);

void t.test('what stands otherwise in a snapshot is named, each part by its name', async (t) => {
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

void t.test('a damaged snapshot is a finding, and none is none', async (t) => {
  const { store, directory } = await scene(t);
  const file = join(directory, SNAPSHOT_FILE);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"cpu":4000', '"cpu":4001'));
  t.match(await checkClusterState(store, directory), [
    { check: 'cluster-state', subject: 'snapshot', detail: /^is damaged: ./ },
  ]);
  t.strictSame(await checkClusterState(store, t.testdir()), []);
});

void t.test('a snapshot of another log is no finding', async (t) => {
  const { directory } = await scene(t);
  t.strictSame(await checkClusterState(createMemoryEventStore(), directory), []);
});

void t.test(
  'the plan log is checked from what the scheduler and clears wrote, past what others wrote',
  async (t) => {
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
    t.strictSame(await checkPlanLog(store), [], 'epochs begin anew after a clear');
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
  },
);
