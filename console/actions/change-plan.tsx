import type { ReactNode } from 'react';
import type { components } from '../generated/cluster.js';
import { JobPlan } from './job-plan.js';
import { usePlan } from './use-plan.js';

/** Shows what an action would change. The server plans it without writing anything. */
export function ChangePlan({ path, body }: { readonly path: string; readonly body: unknown }): ReactNode {
  const { data, error } = usePlan<components['schemas']['JobPlan']>(path, body);
  if (data !== undefined) return <JobPlan plan={data} />;
  return (
    <p role="status" className="muted">
      {error === null ? 'Planning …' : `Planning failed: ${error.message}`}
    </p>
  );
}
