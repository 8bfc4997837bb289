import { hasCapability, PULLS_ONLY } from '#domain/kernel/resources.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { DryRun } from '#domain/scheduling/index.js';
import {
  blockedMessage,
  deploymentJobOf,
  ownerOf,
  previewOf,
  serviceErrors,
  services,
  SERVICE_GROUP,
  type Configuration,
  type FormerPorts,
  type PresentService,
  type ServicePreview,
} from '#domain/services/service/index.js';
import { slotsOf } from '#domain/work/index.js';
import { nodes, type NodeDocument } from '#projections/nodes/nodes.js';
import type { UserPrincipal } from '#src/accounts/index.js';
import { read } from '#src/http/index.js';
import type { ServicesSurface } from './surface.js';

type Owned = Pick<PresentService, 'serviceId' | 'tenantId' | 'createdBy'>;

/** Host ports of the current instance, and its node if that can pull an image while the instance runs. */
export interface Former {
  readonly ports: FormerPorts | undefined;
  readonly pullOn: string | undefined;
}

export interface Replacement {
  readonly account: UserPrincipal;
  readonly configuration: Configuration;
  readonly force: boolean;
  readonly now: number;
}

/** Asks the scheduler what it would do with every step of a preview. */
export async function plannedBy(
  { parts: { dryRuns }, queues }: ServicesSurface,
  account: UserPrincipal,
  service: Owned,
  { deployment, steps }: Pick<ServicePreview, 'deployment' | 'steps'>,
  most: number,
): Promise<DryRun> {
  const question = {
    ...steps[0],
    owner: ownerOf(service),
    jobId: deploymentJobOf(service.serviceId, deployment.number),
    then: steps.slice(1),
    most,
  };
  return await queues.dryRuns.run(account, async () => await dryRuns.ask(question));
}

/**
 * Returns what a deployment takes over from the running instance. Throws `MUSTER_E_SERVICE_NO_ROOM` if the running instance would have to stop first,
 * but the scheduler finds no node for the new version, unless `force` is set.
 */
export async function replacedBy(
  surface: ServicesSurface,
  service: Owned,
  { account, configuration, force, now }: Replacement,
): Promise<Former> {
  const { executor, readModels } = surface.parts;
  const ports = await surface.portsOf(service.serviceId);
  const node = await servingNode(surface, service.serviceId);
  if (node === undefined) return { ports, pullOn: undefined };
  const stored = await readModels.get(nodes.name, node);
  const pulls = stored !== undefined && hasCapability(read<NodeDocument>(stored).attributes, PULLS_ONLY);
  const former = { ports, pullOn: pulls ? node : undefined };
  const state = await executor.load(services, service.serviceId);
  if (force || state.kind !== 'present') return former;
  const preview = previewOf(state, { configuration, ports, now });
  if (preview.action !== 'update' || !preview.deployment.standing.plan.stopFirst) return former;
  const { groups } = await plannedBy(surface, account, service, preview, 0);
  const blocked = groups.find(({ unplaced }) => unplaced > 0);
  if (blocked === undefined) return former;
  throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NO_ROOM, {
    reason:
      blocked.reason === undefined
        ? 'no reason is known'
        : blockedMessage({ [SERVICE_GROUP]: blocked.reason }),
  });
}

/** Returns the node on which an instance of the serving deployment runs. */
async function servingNode(surface: ServicesSurface, serviceId: string): Promise<string | undefined> {
  const serving = (await surface.living(serviceId)).find(({ standing }) => standing.kind === 'serving');
  return serving && slotsOf(serving.work, SERVICE_GROUP).find(({ running }) => running)?.nodeId;
}
