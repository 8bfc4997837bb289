import t from 'tap';
import { UsageHistory } from '#agents/drivers/usage-history.js';

const MIB = 1_048_576;
const WALL = 1_800_000_000_000;

void t.test('records one point for every half minute, averaged over it', async (t) => {
  const history = new UsageHistory();
  // Half a core, and memory that grows from 100 to 160 MiB.
  for (let second = 0; second <= 60; second += 10)
    history.add({ cpuSeconds: second / 2, memoryBytes: (100 + second) * MIB }, second * 1000);
  t.same(history.points({ monotonic: 65_000, wall: WALL }), [
    { timestamp: (WALL - 35_000) / 1000, cpu: 500, memory_mb: 115 },
    { timestamp: (WALL - 5000) / 1000, cpu: 500, memory_mb: 150 },
  ]);
  history.add({ cpuSeconds: 40, memoryBytes: 10 * MIB }, 70_000);
  t.same(history.points({ monotonic: 70_000, wall: WALL }).at(-1), {
    timestamp: WALL / 1000,
    cpu: 1000,
    memory_mb: 10,
  });
});

void t.test('retains the points of one hour', async (t) => {
  const history = new UsageHistory();
  for (let second = 0; second <= 7200; second += 10)
    history.add({ cpuSeconds: second, memoryBytes: MIB }, second * 1000);
  const points = history.points({ monotonic: 7_200_000, wall: WALL });
  t.equal(points.length, 120);
  t.equal(points[0]?.timestamp, WALL / 1000 - 119 * 30);
  t.same(
    history.points({ monotonic: 7_200_000 + 3_601_000, wall: WALL }),
    [],
    'points older than an hour are omitted',
  );
});

void t.test('omits values that were not measured', async (t) => {
  const history = new UsageHistory();
  t.same(history.points({ monotonic: 0, wall: WALL }), []);
  history.add({}, 0);
  t.same(history.points({ monotonic: 0, wall: WALL }), []);
  history.add({ memoryBytes: MIB }, 5000);
  t.same(history.points({ monotonic: 5000, wall: WALL }), [{ timestamp: WALL / 1000, memory_mb: 1 }]);
  // A counter that was reset does not give negative usage.
  const back = new UsageHistory();
  back.add({ cpuSeconds: 5 }, 0);
  back.add({ cpuSeconds: 1 }, 5000);
  t.same(back.points({ monotonic: 5000, wall: WALL }), [{ timestamp: WALL / 1000, cpu: 0 }]);
});
