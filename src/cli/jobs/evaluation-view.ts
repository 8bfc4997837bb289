import { explainBlocked } from '../shared/blocked.js';
import type { Cluster } from '../shared/client.js';
import { fieldLines, showTime } from '../shared/output.js';

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
