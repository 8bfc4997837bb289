import type { TaskRow } from '../../api/types.js';
import type { Mark } from '../../parts/strip/strip.js';

const MOST_MARKS = 10;

interface Presentation {
  readonly timeOf: (time: string) => string;
  readonly runPath: (run: string) => string;
}

/** Returns the latest runs and skipped slots of a task, oldest first, each with its reason. */
export function stripMarks(
  { id, last, skipped }: Pick<TaskRow, 'id' | 'last' | 'skipped'>,
  { timeOf, runPath }: Presentation,
): readonly Mark[] {
  const runs = last.map(({ number, status, at, reason }) => ({
    at,
    mark: {
      key: `run ${number}`,
      status,
      label: `Run ${number}: ${status}${reason === null || status === 'success' ? '' : `, ${reason}`}`,
      path: runPath(`${id}/${number}`),
    },
  }));
  const slots = skipped.map(({ slot, until, reason, missed, at }) => ({
    at,
    mark: {
      key: `slot ${slot}`,
      status: missed ? 'missed' : 'skipped',
      label: `${slot === until ? `Slot at ${timeOf(slot)}` : `Slots from ${timeOf(slot)} to ${timeOf(until)}`}: skipped, because ${reason}`,
    },
  }));
  return [...runs, ...slots]
    .toSorted((one, other) => one.at.localeCompare(other.at))
    .slice(-MOST_MARKS)
    .map(({ mark }) => mark);
}
