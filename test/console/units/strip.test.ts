import t from 'tap';
import type * as Marks from '../../../console/rooms/tasks/strip-marks.js';
import { loadConsole } from '../fixtures/load.js';

const { stripMarks } = await loadConsole<typeof Marks>('rooms/tasks/strip-marks.ts');
type Task = Parameters<typeof Marks.stripMarks>[0];

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 27, 3, minute)).toISOString();
const run = (number: number, status: string, reason: string | null = null): Task['last'][number] => ({
  number,
  status,
  at: at(number * 2),
  reason,
});
const skipped = (minute: number, until = minute, missed = false): Task['skipped'][number] => ({
  slot: at(minute),
  until: at(until),
  reason: 'the task was paused',
  missed,
  at: at(minute),
});
const marksOf = (last: Task['last'], slots: Task['skipped']) =>
  stripMarks(
    { id: 7, last, skipped: slots },
    { timeOf: (time) => time.slice(11, 16), runPath: (path) => `/runs/${path}` },
  );

void t.test('each mark of the strip says why it failed or was skipped, oldest first', async (t) => {
  t.strictSame(
    marksOf(
      [run(2, 'failed', 'exited with code 4'), run(1, 'success', 'exited with code 0')],
      [skipped(5, 9, true), skipped(3)],
    ).map(({ status, label, path }) => [status, label, path]),
    [
      ['success', 'Run 1: success', '/runs/7/1'],
      ['skipped', 'Slot at 03:03: skipped, because the task was paused', undefined],
      ['failed', 'Run 2: failed, exited with code 4', '/runs/7/2'],
      ['missed', 'Slots from 03:05 to 03:09: skipped, because the task was paused', undefined],
    ],
  );
});

void t.test('the strip has the latest 10 marks', async (t) => {
  const runs = Array.from({ length: 10 }, (_, index) => run(10 - index, 'success'));
  const labels = marksOf(runs, [skipped(1), skipped(21)]).map(({ label }) => label);
  t.equal(labels.length, 10);
  t.equal(labels[0], 'Run 2: success');
  t.match(labels.at(-1), /^Slot at 03:21/);
});
