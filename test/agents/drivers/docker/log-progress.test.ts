import { appendFileSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { LogProgress, positionSince, type Progress } from '#agents/drivers/docker/log-progress.js';
import { ownFolder } from '../../../fixtures/folder.js';

const BEGAN = Date.parse('2026-11-26T00:00:00Z');
const timeAt = (second: number): string =>
  new Date(BEGAN + second * 1000).toISOString().replace('Z', '000000Z');
const step = (stdout: number, stderr: number, second: number, count = 1): Progress => ({
  positions: { stdout, stderr },
  entries: { stdout: { time: timeAt(second), count, after: 0 } },
  last: 'stdout',
});

void t.test('returns the newest recorded step, even in the next agent', async (t) => {
  const file = path.join(ownFolder(t), 'progress');
  const progress = new LogProgress(file);
  const end = { stdout: 100, stderr: 100 };
  t.match(progress.newest(end), { positions: { stdout: 0, stderr: 0 }, entries: {} }, 'there is no step yet');
  progress.add(step(10, 0, 1));
  progress.add({
    ...step(20, 7, 2, 3),
    entries: {
      stdout: { time: timeAt(2), count: 3, after: 1 },
      stderr: { time: timeAt(1), count: 1, after: 0 },
    },
    last: 'stderr',
  });
  t.same(new LogProgress(file).newest(end), {
    positions: { stdout: 20, stderr: 7 },
    entries: {
      stdout: { time: timeAt(2), count: 3, after: 1 },
      stderr: { time: timeAt(1), count: 1, after: 0 },
    },
    last: 'stderr',
  });
  t.match(
    new LogProgress(file).newest({ stdout: 15, stderr: 0 }),
    step(10, 0, 1),
    'a step beyond the end of the log is ignored',
  );
});

void t.test('ignores a line that a crash cut short', async (t) => {
  const file = path.join(ownFolder(t), 'progress');
  const end = { stdout: 100, stderr: 100 };
  new LogProgress(file).add(step(10, 0, 1));
  new LogProgress(file).add(step(20, 0, 2));
  truncateSync(file, statSync(file).size - 3);
  t.match(new LogProgress(file).newest(end), step(10, 0, 1));
  appendFileSync(file, '30 1 2026');
  const next = new LogProgress(file);
  next.add(step(40, 0, 4));
  t.match(new LogProgress(file).newest(end), step(40, 0, 4));
});

void t.test(
  'finds the position of a time to within one percent of its age, in a file of limited size',
  async (t) => {
    const file = path.join(ownFolder(t), 'progress');
    const progress = new LogProgress(file);
    const steps = 20_000;
    for (let second = 1; second <= steps; second += 1) progress.add(step(second * 10, 0, second));
    t.ok(statSync(file).size < 600_000, `${statSync(file).size} bytes`);
    for (const second of [100, 5000, 10_000, 19_000, 19_990, 20_000]) {
      const position = positionSince(file, 'stdout', BEGAN / 1000 + second);
      const age = steps - second;
      t.ok(position <= (second - 1) * 10, `no output since ${second} s is skipped`);
      t.ok(position >= (second - 2 - age * 0.01) * 10, `${position} is near ${second * 10}`);
    }
    t.equal(positionSince(file, 'stdout', BEGAN / 1000), 0);
    t.equal(
      positionSince(file, 'stdout', BEGAN / 1000 + 2 * steps),
      steps * 10,
      'a time in the future is at the end of the log',
    );
    t.equal(
      positionSince(path.join(ownFolder(t), 'none'), 'stdout', BEGAN / 1000),
      0,
      'without a progress file the whole log is read',
    );
  },
);
