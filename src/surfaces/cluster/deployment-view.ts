import type { z } from 'zod';
import type { JobRollout } from '#domain/jobs/job/rollout.js';
import { waitingReason } from '#domain/work/index.js';
import {
  healthyIn,
  type JobDeploymentsDocument,
  type SettledDeployment,
} from '#projections/jobs/job-deployments.js';
import type { jobDeployment } from './deployment-contract.js';

type View = z.input<typeof jobDeployment>;

export function viewDeployments(document: JobDeploymentsDocument): View[] {
  const running = viewRunning(document);
  const over = document.settled.map(viewSettled).reverse();
  return running === undefined ? over : [running, ...over];
}

export function viewDeploymentOf(document: JobDeploymentsDocument, version: number): View | undefined {
  return viewDeployments(document).find((each) => each.version === version);
}

function viewRunning({ rollout, work }: JobDeploymentsDocument): View | undefined {
  if (rollout?.outcome !== null) return undefined;
  const waits = rollout.groups.flatMap(({ name }) => {
    if (work.blocked?.[name] === undefined) return [];
    const why = waitingReason(work.blocked, name);
    return rollout.groups.length === 1 ? why : `${name}: ${why}`;
  });
  return {
    ...viewRollout(rollout, healthyIn(work, rollout)),
    status: 'running',
    reason: null,
    waits_for: waits.length === 0 ? null : waits.join('; '),
    ended_at: null,
  };
}

function viewSettled({ rollout, reason, settledAt, healthy }: SettledDeployment): View {
  return {
    ...viewRollout(rollout, healthy),
    status: rollout.outcome ?? 'running',
    reason,
    waits_for: null,
    ended_at: settledAt / 1000,
  };
}

function viewRollout(
  { version, groups, former, reverts, startedAt }: JobRollout,
  healthy: Readonly<Record<string, number>>,
) {
  return {
    version,
    groups: groups.map(({ name, count, open }) => ({
      name,
      wanted: count,
      opened: open,
      healthy: Math.min(count, healthy[name] ?? 0),
    })),
    gives_way_to: former,
    reverts: reverts ?? null,
    started_at: startedAt / 1000,
  };
}
