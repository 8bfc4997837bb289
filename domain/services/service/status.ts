import { slotsOf, waitingSentence, type WorkView } from '../../work/index.js';
import type { DeploymentReason } from './events.js';
import { SERVICE_GROUP, withoutPulls } from './deployment-decision.js';
import type { ActiveDeploymentState } from './deployment-state.js';

export const SERVICE_STATUSES = ['stopped', 'deploying', 'running', 'failed'] as const;
export type ServiceStatus = (typeof SERVICE_STATUSES)[number];

export const DEPLOYMENT_STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;
export type DeploymentStatus = (typeof DEPLOYMENT_STATUSES)[number];

export interface ActiveWork {
  readonly standing: ActiveDeploymentState;
  readonly work: WorkView;
}

/**
 * `running` while at least one instance runs, even during an update. `deploying` while instances have yet to start, for the first time or after their
 * node or its Docker engine became unavailable.
 */
export function serviceStatus(living: readonly ActiveWork[], failed: boolean): ServiceStatus {
  if (living.length === 0) return failed ? 'failed' : 'stopped';
  const serves = living.some(({ standing }) => standing.kind === 'serving');
  return serves && living.some(({ work }) => runningIn(withoutPulls(work)) > 0) ? 'running' : 'deploying';
}

export const SHORTFALL_REASONS = ['waiting', 'starting'] as const;
export interface ServiceReason {
  readonly code: DeploymentReason['code'] | (typeof SHORTFALL_REASONS)[number];
  readonly message: string;
}

/** Returns why fewer instances are running than wanted, or undefined if all are running or no deployment is serving. */
export function shortfallOf(living: readonly ActiveWork[]): ServiceReason | undefined {
  const serving = living.find(({ standing }) => standing.kind === 'serving');
  if (serving === undefined) return undefined;
  const { work, standing } = serving;
  const [running, wanted] = [runningIn(work), standing.instances];
  if (running >= wanted) return undefined;
  const code = work.blocked?.[SERVICE_GROUP] === undefined ? 'starting' : 'waiting';
  return {
    code,
    message: `${running} of ${wanted} ${wanted === 1 ? 'instance is' : 'instances are'} running. ${missingReason(work)}`,
  };
}

function runningIn(work: WorkView): number {
  return slotsOf(work, SERVICE_GROUP).filter(({ running }) => running).length;
}

function missingReason({ blocked, groups }: WorkView): string {
  if (blocked?.[SERVICE_GROUP] !== undefined) return waitingSentence(blocked, SERVICE_GROUP);
  const missing = slotsOf({ groups }, SERVICE_GROUP).find(({ running }) => !running);
  if (missing === undefined) return 'It has not been placed yet.';
  const said =
    Object.values(missing.tasks).flatMap(({ error, message }) => error ?? message ?? [])[0] ??
    missing.message;
  if (missing.released === null && missing.ended === null) return 'It is being started on its node.';
  return said === null
    ? 'It will be started again.'
    : `It will be started again. The last attempt ended: ${said}`;
}

/** `startedAt`: when the first instance started, or null if none has. */
export function deploymentStatus(
  outcome: 'completed' | 'failed' | 'cancelled' | null,
  startedAt: number | null,
): DeploymentStatus {
  return outcome ?? (startedAt === null ? 'pending' : 'running');
}
