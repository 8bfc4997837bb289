import { isMusterError, MusterError } from '#domain/errors/index.js';
import { deploymentKeyOf, SERVICE_GROUP, serviceErrors } from '#domain/service/index.js';
import { slotsOf, type WorkSlot } from '#domain/owned-work/index.js';
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
  return [...living].sort((one, other) => Number(one.standing.kind === 'rollout') - Number(other.standing.kind === 'rollout')).flatMap(placedIn);
}

/** The same; where nothing lives, those of the newest deployment, which are over. */
export async function newestInstancesOf(surface: ServicesSurface, serviceId: string): Promise<readonly Instance[]> {
  const living = await instancesOf(surface, serviceId);
  if (living.length > 0) return living;
  const where = { index: 'service', value: serviceId };
  for await (const stored of newestFirst(surface.parts.readModels, serviceDeployments.name, where, 1)) return placedIn(read<ServiceDeploymentDocument>(stored));
  return [];
}

/** Those of one deployment, which may be over. Error: `MUSTER_E_SERVICE_DEPLOYMENT_NOT_FOUND`. */
export async function instancesOfDeployment({ parts }: ServicesSurface, serviceId: string, number: number): Promise<readonly Instance[]> {
  const stored = await parts.readModels.get(serviceDeployments.name, deploymentKeyOf(serviceId, number));
  if (stored === undefined) throw new MusterError(serviceErrors.MUSTER_E_SERVICE_DEPLOYMENT_NOT_FOUND, { deployment: number });
  return placedIn(read<ServiceDeploymentDocument>(stored));
}

function placedIn({ number, work }: ServiceDeploymentDocument): Instance[] {
  return slotsOf(work, SERVICE_GROUP).map((slot) => ({ ...slot, deployment: number }));
}

/** Which of its lines. */
export interface LinesAsked {
  /** The last so many of each stream; undefined: all that are kept. */
  readonly tail: number | undefined;
  /** Unix seconds: what containers have written since. */
  readonly since: number | undefined;
}

/** What an instance has written, its tasks one after another, as many lines at once as there are. Errors: `MUSTER_E_SERVICE_LOGS` for a node that is there and cannot say it. */
export async function* logLinesOf(surface: ServicesSurface, instance: Instance, asked: LinesAsked, signal: AbortSignal): AsyncGenerator<readonly string[]> {
  const { nodeId, allocationId, tasks } = instance;
  try {
    for (const task of Object.keys(tasks))
      for (const stream of ['stdout', 'stderr'] as const) {
        const log = { nodeId, allocationId, task, stream, follow: false, ...asked, absent: serviceErrors.MUSTER_E_SERVICE_LOGS };
        yield* linesOf(await openTaskLog(surface.parts, log, () => signal));
      }
  } catch (error) {
    if (!isMusterError(error, 'MUSTER_E_AGENT_UNREACHABLE') && !isMusterError(error, serviceErrors.MUSTER_E_SERVICE_LOGS)) throw error;
    // A node that is gone has nothing to tell any more, and that is no failure.
    if (!(await isGone(surface, nodeId))) throw new MusterError(serviceErrors.MUSTER_E_SERVICE_LOGS);
  }
}

async function isGone({ parts }: ServicesSurface, nodeId: string): Promise<boolean> {
  const stored = await parts.readModels.get(nodes.name, nodeId);
  return stored === undefined || read<NodeDocument>(stored).down;
}
