import type { ReactNode } from 'react';
import type { components as Cluster } from '../generated/cluster.js';
import type { components as Services } from '../generated/services.js';
import { JobPlan } from './job-plan.js';
import { Plan } from './plan.js';
import { usePlan } from './use-plan.js';

type Preview = Services['schemas']['ServicePreview'];

const PREVIEWS: Readonly<Record<Preview['action'], string>> = {
  start: 'The service is stopped. This is what a start would then do.',
  update: 'The service would be redeployed.',
  none: 'Nothing would change.',
};

/** Shows what an action on a job or a service would change. The server plans it without writing anything. */
export function ChangePlan({ path, body }: { readonly path: string; readonly body: unknown }): ReactNode {
  const { data, error } = usePlan<Cluster['schemas']['JobPlan'] | Preview>(path, body);
  if (data === undefined)
    return (
      <p role="status" className="muted">
        {error === null ? 'Planning …' : `Planning failed: ${error.message}`}
      </p>
    );
  if ('change' in data) return <JobPlan plan={data} />;
  const { action, rollout } = data;
  return (
    <Plan {...data}>
      {PREVIEWS[action]}
      {action === 'update' && rollout.stops_first ? ' Running instances are stopped first.' : ''}
    </Plan>
  );
}
