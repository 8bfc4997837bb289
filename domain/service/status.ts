import type { Standing } from './standing.js';

/** The contract's words for a service. */
export const SERVICE_STATUSES = ['stopped', 'deploying', 'running', 'failed'] as const;
export type ServiceStatus = (typeof SERVICE_STATUSES)[number];

/** The contract's words for a deployment. */
export const DEPLOYMENT_STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;
export type DeploymentStatus = (typeof DEPLOYMENT_STATUSES)[number];

/** An update leaves a service `running` while the former version serves. */
export function serviceStatus(standings: readonly Standing[], failed: boolean): ServiceStatus {
  if (standings.some(({ kind }) => kind === 'serving')) return 'running';
  if (standings.some(({ kind }) => kind === 'rollout')) return 'deploying';
  return failed ? 'failed' : 'stopped';
}

/** A deployment runs once one of its instances has: `startedAt`, null before. */
export function deploymentStatus(outcome: 'completed' | 'failed' | 'cancelled' | null, startedAt: number | null): DeploymentStatus {
  return outcome ?? (startedAt === null ? 'pending' : 'running');
}
