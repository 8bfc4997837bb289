import t from 'tap';
import { cluster } from '#domain/cluster/aggregate.js';
import type { ClusterCommand } from '#domain/cluster/decider.js';
import { CLUSTER_LEVEL } from '#domain/kernel/event/cluster-level.js';
import { MAX_MOVED_TASKS, type ClusterEvent } from '#domain/cluster/events.js';
import { specify } from '../kernel/event/decider-specification.js';

const { given } = specify(cluster, {
  unreadable: (event) => event.type === 'ClusterLevelRaised' && event.data.level > CLUSTER_LEVEL,
});
const raise = (level: number, known = 3): ClusterCommand => ({ kind: 'raise-level', level, known });
const raised = (level: number): ClusterEvent => ({ type: 'ClusterLevelRaised', data: { level } });

void t.test('the cluster level is raised only to a level that the program supports', async (t) => {
  given().when(raise(2)).then(t, raised(2));
  given().when(raise(3)).then(t, raised(3));
  given()
    .when(raise(4))
    .refused(t, 'MUSTER_E_INVALID', 'level: this version of Muster supports levels up to 3');
});

void t.test('raising the cluster level again changes nothing, and the level never falls', async (t) => {
  given(raised(2)).when(raise(2)).then(t);
  for (const level of [1, 0, -1, 1.5, Number.NaN])
    given(raised(2))
      .when(raise(level))
      .refused(t, 'MUSTER_E_INVALID', 'level: the cluster is at level 2, which cannot be lowered');
});

void t.test('the cluster can always be cleared, and its level stays the same', async (t) => {
  const cleared: ClusterEvent = { type: 'ClusterCleared', data: {} };
  t.same(given().state, { level: 1 });
  given(raised(2)).when({ kind: 'clear' }).then(t, cleared);
  t.same(given(raised(2), cleared).state, { level: 2 });
  t.same(given(raised(2), raised(3)).state, { level: 3 });
});

void t.test('the cluster has a single stream, which remains when the cluster is cleared', async (t) => {
  t.strictSame(
    [cluster.stream(''), cluster.stream('x'), cluster.outlivesClear],
    ['cluster', 'cluster', true],
  );
});

void t.test('a log epoch begins at a restore or import, and clearing does not end it', async (t) => {
  const [first, second] = ['6a1f5c39-2d0b-4b58-9a0d-8c4a8e3f2b11', '0b0a6bdc-0e43-48d6-93e2-0a2b0f8a6c37'];
  const began = (epoch: string, reason: 'restored' | 'imported' = 'restored'): ClusterEvent => ({
    type: 'LogEpochBegan',
    data: { logEpoch: epoch, reason },
  });
  given().when({ kind: 'begin-epoch', epoch: first, reason: 'imported' }).then(t, began(first, 'imported'));
  given(began(first)).when({ kind: 'begin-epoch', epoch: second, reason: 'restored' }).then(t, began(second));
  t.same(given(raised(2), began(first), began(second)).state, { level: 2, epoch: second });
  t.same(given(began(first), raised(2), { type: 'ClusterCleared', data: {} }).state, {
    level: 2,
    epoch: first,
  });
});

void t.test('a log fork is adopted only once, even if the cluster is cleared', async (t) => {
  const tree = (origin: string, size: number) => ({ origin, size, root: 'AA==' });
  const fork = (origin: string) => ({
    reason: 'restored the backup of Monday',
    origin,
    signed: tree('muster/1', 9),
    log: tree('muster/1', 7),
  });
  const adopt = (origin: string): ClusterCommand => ({ kind: 'adopt-fork', ...fork(origin) });
  const adopted = (origin: string): ClusterEvent => ({ type: 'LogForkAdopted', data: fork(origin) });
  given().when(adopt('muster/1/2')).then(t, adopted('muster/1/2'));
  given(adopted('muster/1/2')).when(adopt('muster/1/2')).then(t);
  given(adopted('muster/1/2'), { type: 'ClusterCleared', data: {} }).when(adopt('muster/1/2')).then(t);
  given(adopted('muster/1/2')).when(adopt('muster/1/3')).then(t, adopted('muster/1/3'));
});

void t.test('slots are decided with the newest zone data, unless an operator goes back', async (t) => {
  const use = (version: string, evenOlder = false): ClusterCommand => ({
    kind: 'use-zone-data',
    version,
    evenOlder,
  });
  const changed = (version: string, before?: string): ClusterEvent => ({
    type: 'ZoneDataChanged',
    data: { version, ...(before !== undefined && { before }) },
  });
  given().when(use('2026f')).then(t, changed('2026f'));
  given(changed('2026f')).when(use('2026f')).then(t);
  given(changed('2026f')).when(use('2026c')).then(t);
  given(changed('2026f')).when(use('2027a')).then(t, changed('2027a', '2026f'));
  given(changed('2026f')).when(use('2026c', true)).then(t, changed('2026c', '2026f'));
  given(changed('2026f')).when(use('2026f', true)).then(t);
  t.same(given(changed('2026c'), changed('2026f', '2026c')).state, { level: 1, zoneData: '2026f' });
});

void t.test(
  'a change of the zone data names the tasks that it moves, if it was compared with that data',
  async (t) => {
    const tasks = Array.from({ length: MAX_MOVED_TASKS + 1 }, (_, index) => ({
      taskId: index + 1,
      before: 1_000,
      at: index === 0 ? null : 2_000,
    }));
    const use = (since: string): ClusterCommand => ({
      kind: 'use-zone-data',
      version: '2026f',
      evenOlder: false,
      moved: { since, tasks },
    });
    const changed = (version: string): ClusterEvent => ({ type: 'ZoneDataChanged', data: { version } });
    const data = { version: '2026f', before: '2026c' };
    const moved = { count: MAX_MOVED_TASKS + 1, tasks: tasks.slice(0, MAX_MOVED_TASKS) };
    given(changed('2026c'))
      .when(use('2026c'))
      .then(t, { type: 'ZoneDataChanged', data: { ...data, moved } });
    given(changed('2026c')).when(use('2026b')).then(t, { type: 'ZoneDataChanged', data });
    given(changed('2026f')).when(use('2026c')).then(t);
  },
);
