import { appendFileSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { LogProgress, type Progress } from '#agents/drivers/docker/log-progress.js';
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

void t.test('keeps the file small', async (t) => {
  const file = path.join(ownFolder(t), 'progress');
  const progress = new LogProgress(file);
  for (let second = 1; second <= 20_000; second += 1) progress.add(step(second * 10, 0, second));
  t.ok(statSync(file).size < 600_000, `${statSync(file).size} bytes`);
  t.match(new LogProgress(file).newest({ stdout: 200_000, stderr: 0 }), step(200_000, 0, 20_000));
});
