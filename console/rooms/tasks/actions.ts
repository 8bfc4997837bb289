import type { Action } from '../../actions/action.js';
import { readTime } from '../../actions/read-fields.js';
import type { TaskRow } from '../../api/types.js';

export function taskActions({ id, status, schedule }: TaskRow): readonly Action[] {
  const path = `/api/tasks/${encodeURIComponent(String(id))}`;
  const paused = status !== 'active';
  return [
    {
      id: 'run',
      title: 'Run now',
      explanation: 'Starts a run now, outside the schedule.',
      method: 'POST',
      path: `${path}/trigger`,
      body: () => ({}),
    },
    {
      id: 'pause',
      title: paused ? 'Resume' : 'Pause',
      explanation: paused
        ? 'The schedule continues from now on. Slots that passed in the meantime are skipped.'
        : 'Scheduled slots do not run. You can still run the task manually.',
      method: 'PUT',
      path,
      body: () => ({ status: paused ? 'active' : 'paused' }),
    },
    ...(schedule === null
      ? []
      : [
          {
            id: 'backfill',
            title: 'Backfill',
            explanation:
              'Runs each schedule slot in the time range that has not run yet (at most 1,000). Repeating a backfill does not run any slot twice.',
            fields: [
              { name: 'from', label: 'From', placeholder: '-1d, or 2026-11-20 14:05', read: readTime },
              { name: 'to', label: 'To', placeholder: '-1h', read: readTime },
            ],
            method: 'POST',
            path: `${path}/backfill`,
            body: ({ from, to }) => ({ from, to }),
          } satisfies Action,
        ]),
  ];
}
