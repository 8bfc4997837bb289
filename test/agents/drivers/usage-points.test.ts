import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { UsagePoints } from '#agents/drivers/usage-points.js';
import { POINTS, UsageHistory } from '#agents/drivers/usage-history.js';
import { ownFolder } from '../../fixtures/folder.js';

const MIB = 1_048_576;
const WALL = 1_800_000_000_000;

function kept(t: Test, most = POINTS) {
  const file = path.join(ownFolder(t), 'task', 'usage');
  let now = WALL;
  return { file, open: () => new UsagePoints(file, most, () => now), at: (wall: number) => (now = wall) };
}

void t.test('the next agent continues the usage history of the last hour', async (t) => {
  const { open, at } = kept(t);
  const first = new UsageHistory(open());
  for (let second = 0; second <= 70; second += 10) {
    at(WALL + second * 1000);
    first.add({ cpuSeconds: second / 2, memoryBytes: 100 * MIB }, second * 1000);
  }
  // The next agent's monotonic clock starts again at 0.
  const next = new UsageHistory(open());
  const former = [30, 60].map((second) => ({ timestamp: WALL / 1000 + second, cpu: 500, memory_mb: 100 }));
  t.same(next.points({ monotonic: 0, wall: WALL + 80_000 }), former);
  for (let second = 0; second <= 30; second += 10) {
    at(WALL + 90_000 + second * 1000);
    next.add({ cpuSeconds: 40 + second, memoryBytes: 50 * MIB }, second * 1000);
  }
  const all = [...former, { timestamp: WALL / 1000 + 120, cpu: 1000, memory_mb: 50 }];
  t.same(next.points({ monotonic: 30_000, wall: WALL + 120_000 }), all);
  t.same(new UsageHistory(open()).points({ monotonic: 0, wall: WALL + 120_000 }), all);
  t.same(
    new UsageHistory(open()).points({ monotonic: 0, wall: WALL + 3_640_000 }),
    all.slice(1),
    'points older than an hour are omitted',
  );
});

void t.test('stores the requested number of points in a file of limited size', async (t) => {
  const { file, open } = kept(t, 3);
  const points = open();
  points.read();
  for (let timestamp = 1; timestamp <= 5; timestamp += 1) points.add({ timestamp });
  t.equal(readFileSync(file, 'utf8').split('\n').length - 1, 5);
  t.same(open().read(), [{ timestamp: 3 }, { timestamp: 4 }, { timestamp: 5 }]);
  points.add({ timestamp: 6 });
  t.equal(readFileSync(file, 'utf8'), '{"timestamp":4}\n{"timestamp":5}\n{"timestamp":6}\n');
  for (let timestamp = 7; timestamp <= 100; timestamp += 1) points.add({ timestamp });
  t.ok(readFileSync(file, 'utf8').split('\n').length - 1 < 6);
});

void t.test('ignores a truncated line and invalid content', async (t) => {
  const { file, open } = kept(t);
  t.same(open().read(), []);
  open().add({ timestamp: 1, cpu: 5 });
  appendFileSync(file, '{"timestamp":2,"cp');
  const points = open();
  t.same(points.read(), [{ timestamp: 1, cpu: 5 }]);
  points.add({ timestamp: 3 });
  t.same(open().read(), [{ timestamp: 1, cpu: 5 }, { timestamp: 3 }]);
  writeFileSync(file, 'x\n{"timestamp":-1,"cpu":-1}\n{"timestamp":4}\n');
  t.same(open().read(), [{ timestamp: 4 }]);
  writeFileSync(file, 'x'.repeat(100_000));
  t.same(open().read(), []);
  open().add({ timestamp: 5 });
});
