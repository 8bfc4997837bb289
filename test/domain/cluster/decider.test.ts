import t from 'tap';
import { clusterDecider, type ClusterCommand, type ClusterFacts } from '#domain/cluster/decider.js';

const raise = (level: number, known = 3): ClusterCommand => ({ kind: 'raise-level', level, known });
const at = (level: number): ClusterFacts => ({ level });

void t.test('a level is raised to one that whoever raises it knows', async (t) => {
  t.same(clusterDecider.decide(raise(2), at(1)), [{ type: 'ClusterLevelRaised', data: { level: 2 } }]);
  t.same(clusterDecider.decide(raise(3), at(1)), [{ type: 'ClusterLevelRaised', data: { level: 3 } }]);
  t.throws(() => clusterDecider.decide(raise(4), at(1)), { message: 'level: this version of Muster knows levels up to 3' });
});

void t.test('raising it again changes nothing, and it never falls', async (t) => {
  t.same(clusterDecider.decide(raise(2), at(2)), []);
  for (const level of [1, 0, -1, 1.5, Number.NaN]) t.throws(() => clusterDecider.decide(raise(level), at(2)), { message: 'level: the cluster is at 2, and a level never falls' });
});

void t.test('a clear is always possible, and leaves the level', async (t) => {
  t.same(clusterDecider.decide({ kind: 'clear' }, at(2)), [{ type: 'ClusterCleared', data: {} }]);
  const recorded = { id: '', stream: 'cluster', revision: 0, position: 0n, metadata: { $correlationId: '', $causationId: '', at: 0, v: 1 } };
  t.same(clusterDecider.evolve(at(2), { ...recorded, type: 'ClusterCleared', data: {} }), at(2));
  t.same(clusterDecider.evolve(at(2), { ...recorded, type: 'ClusterLevelRaised', data: { level: 3 } }), at(3));
});
