import { explainBlocked } from '../shared/blocked.js';
import type { Cluster } from '../shared/client.js';
import type { ListView } from '../shared/list.js';
import { fieldLines, showTime } from '../shared/output.js';
import { idColumn, statusColumn, timeColumn } from '../shared/table.js';

/** The latest decision of an evaluation. */
export interface Decision {
  readonly id: string;
  readonly jobId: string;
  readonly status: 'blocked' | 'complete';
  readonly triggers: Cluster['Evaluation']['triggers'];
  /** RFC 3339. */
  readonly time: string;
}

export const EVALUATION_LIST: ListView<Decision> = {
  headings: [idColumn('EVALUATION'), 'JOB', statusColumn('STATUS'), timeColumn('DECIDED'), 'TRIGGERS'],
  row: ({ id, jobId, status, time, triggers }) => [
    id,
    jobId,
    status,
    time,
    [...new Set(triggers.map(({ kind }) => kind))].join(', '),
  ],
  name: ({ id }) => id,
  statuses: ['blocked', 'complete'],
};

export function evaluationPage(evaluation: Cluster['Evaluation']): string[] {
  return [
    ...fieldLines([
      ['Evaluation', evaluation.evaluation_id],
      ['Job', evaluation.job_id],
      ['Status', evaluation.status],
      ['Triggers', evaluation.triggers.map((trigger) => `${trigger.kind} ${trigger.ref}`).join(', ')],
      ['Placed', String(evaluation.placed_count)],
      ['Created', showTime(evaluation.created_at)],
    ]),
    ...(evaluation.reasons === null
      ? []
      : [
          '',
          evaluation.status === 'blocked' ? 'Not placed:' : 'Was blocked because:',
          ...explainBlocked(evaluation.reasons),
        ]),
  ];
}
