import { isMusterError, MusterError } from '#domain/errors/index.js';
import { SERVICE_GROUP, serviceErrors } from '#domain/service/index.js';
import type { WorkSlot } from '#domain/owned-work/index.js';
import { nodes, type NodeDocument } from '#projections/nodes.js';
import { serviceDeployments, type ServiceDeploymentDocument } from '#projections/service-deployments.js';
import { linesOf, newestFirst, openTaskLog, read } from '#src/surfaces/kit/index.js';
import type { ServicesSurface } from './surface.js';

/** An instance of a service: what holds a slot of one of its deployments. */
export interface Instance extends WorkSlot {
  readonly deployment: number;
}

/** Instances that have a place: of what serves first, then of what is to take over. */
export async function instancesOf(surface: ServicesSurface, serviceId: string): Promise<readonly Instance[]> {
  const living = await surface.living(serviceId);
  return [...living].sort((one, other) => Number(one.standing.kind === 'rollout') - Number(other.standing.kind === 'rollout')).flatMap(slotsOf);
}

/** The same; where nothing lives, those of the newest deployment, which are over. */
export async function newestInstancesOf(surface: ServicesSurface, serviceId: string): Promise<readonly Instance[]> {
  const living = await instancesOf(surface, serviceId);
  if (living.length > 0) return living;
  const where = { index: 'service', value: serviceId };
  for await (const stored of newestFirst(surface.parts.readModels, serviceDeployments.name, where, 1)) return slotsOf(read<ServiceDeploymentDocument>(stored));
  return [];
}

function slotsOf({ number, work }: ServiceDeploymentDocument): Instance[] {
  return (work.groups[SERVICE_GROUP]?.slots ?? []).flatMap((slot) => (slot === null ? [] : [{ ...slot, deployment: number }]));
}

/** Lines of one stream of one task that are answered at most. */
const MOST_LINES = 10_000;

/** What an instance has written, its tasks one after another. Errors: `MUSTER_E_SERVICE_LOGS` for a node that is there and cannot say it. */
export async function logLinesOf(surface: ServicesSurface, { nodeId, allocationId, tasks }: Instance, tail: number): Promise<string[]> {
  const lines: string[] = [];
  const signal = new AbortController();
  try {
    for (const task of Object.keys(tasks))
      for (const stream of ['stdout', 'stderr'] as const) {
        const log = { nodeId, allocationId, task, stream, follow: false, tail: Math.min(tail, MOST_LINES), absent: serviceErrors.MUSTER_E_SERVICE_LOGS };
        for await (const some of linesOf(await openTaskLog(surface.parts, log, () => signal.signal))) lines.push(...some);
      }
  } catch (error) {
    if (!isMusterError(error, 'MUSTER_E_AGENT_UNREACHABLE') && !isMusterError(error, serviceErrors.MUSTER_E_SERVICE_LOGS)) throw error;
    // A node that is gone has nothing to tell any more, and that is no failure.
    if (await isGone(surface, nodeId)) return lines;
    throw new MusterError(serviceErrors.MUSTER_E_SERVICE_LOGS);
  } finally {
    signal.abort();
  }
  return lines;
}

async function isGone({ parts }: ServicesSurface, nodeId: string): Promise<boolean> {
  const stored = await parts.readModels.get(nodes.name, nodeId);
  return stored === undefined || read<NodeDocument>(stored).down;
}
