import type { ReactNode } from 'react';
import type { components } from '../generated/cluster.js';
import { Name } from '../parts/name/name.js';
import { Plan } from './plan.js';

type JobPlanView = components['schemas']['JobPlan'];

const CHANGES = {
  begin: 'A new job.',
  update: 'The job would be updated.',
  restart: 'The job would be restarted.',
  none: 'Nothing would change.',
} as const;

/** Shows what submitting, reverting or restarting a job would change. */
export function JobPlan({ plan }: { readonly plan: JobPlanView }): ReactNode {
  const { change, changes, groups, job_id } = plan;
  return (
    <Plan changes={changes} groups={groups}>
      Plan for <Name text={job_id} />: {CHANGES[change]}
    </Plan>
  );
}
