import type { Action } from '../../actions/action.js';
import type { RunRow } from '../../api/types.js';

export function runActions(task: string, { number, ended_at }: RunRow): readonly Action[] {
  const path = `/api/tasks/${encodeURIComponent(task)}/runs/${number}`;
  return ended_at === null
    ? [
        {
          id: 'cancel',
          title: 'Cancel',
          explanation: 'Ends the run without retrying it.',
          method: 'POST',
          path: `${path}/cancel`,
        },
      ]
    : [
        {
          id: 'rerun',
          title: 'Run again',
          explanation: 'Starts a new run with the same inputs.',
          method: 'POST',
          path: `${path}/rerun`,
        },
      ];
}
