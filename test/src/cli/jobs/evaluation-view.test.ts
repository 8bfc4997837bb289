import t from 'tap';
import type { Cluster } from '#src/cli/shared/client.js';
import { evaluationPage } from '#src/cli/jobs/evaluation-view.js';
import { REASONS } from '../views/samples.js';

type Evaluation = Cluster['Evaluation'];
const STATUSES = Object.keys({ pending: 1, blocked: 1, complete: 1 } satisfies Record<
  Evaluation['status'],
  1
>) as Evaluation['status'][];

await t.test('shows every status of an evaluation, and what a blocked one lacks', async (t) => {
  for (const status of STATUSES) {
    const reasons = status === 'blocked' ? REASONS : null;
    const page = evaluationPage({
      evaluation_id: 'e',
      job_id: 'hello',
      status,
      triggers: [{ kind: 'job-submitted', ref: 'e' }],
      placed: [],
      placed_count: 0,
      reasons,
      created_at: 1,
      updated_at: 2,
    }).join('\n');
    t.match(page, new RegExp(`Status +${status}`));
    t.equal(page.includes('lack cpu'), status === 'blocked', status);
  }
});
