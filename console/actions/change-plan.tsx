import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { command } from '../api/client.js';
import type { components } from '../generated/cluster.js';
import { JobPlan } from './job-plan.js';

/** Shows what an action would change. The server plans it without writing anything. */
export function ChangePlan({ path, body }: { readonly path: string; readonly body: unknown }): ReactNode {
  const { data, error } = useQuery({
    queryKey: ['plan', path, body],
    queryFn: async ({ signal }) =>
      await command<components['schemas']['JobPlan']>(path, { method: 'POST', body, signal }),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  if (data !== undefined) return <JobPlan plan={data} />;
  return (
    <p role="status" className="muted">
      {error === null ? 'Planning …' : `Planning failed: ${error.message}`}
    </p>
  );
}
