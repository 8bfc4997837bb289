import {
  deploymentJobOf,
  deploymentKeyOf,
  deploymentDueAt,
  judge,
  OVER,
  ownerOf,
  portsOf,
  services,
  specificationOf,
  wantOf,
  type LivingDeployment,
  type ServiceCommand,
  type ServiceEvent,
  type ServiceState,
} from '#domain/service/index.js';
import { serviceDeployments, type ServiceDeploymentDocument } from '#projections/service-deployments.js';
import { ownedWork } from '#src/fleet/owned-work/index.js';

/**
 * The work of services. Each deployment of a service is an item of its stream, with a job of its own: a rollout is the second job next to the first.
 * What is well long enough takes over, what is not by its deadline has failed, and each is said once, on the service's stream.
 */
export const serviceWork = ownedWork<ServiceCommand, ServiceEvent, ServiceState, ServiceDeploymentDocument>({
  name: 'services',
  surface: 'services',
  projection: serviceDeployments,
  aggregate: services,
  item: ({ serviceId, number }) => ({ stream: serviceId, workId: deploymentKeyOf(serviceId, number), jobId: deploymentJobOf(serviceId, number) }),
  dueAt: deploymentDueAt,
  view: ({ work }) => work,
  settle: (state, deployment, now) => {
    const { number } = deployment;
    const living = livingIn(state, number);
    const judgement = living && judge({ ...deployment, standing: living.standing }, now);
    return judgement && { ...judgement, number, now, ports: portsOf(deployment.work) };
  },
  want: (state, { number, retention }) => wantOf(livingIn(state, number)?.standing ?? OVER, retention),
  job: (state, { number }) => {
    const living = livingIn(state, number);
    const version = living && state.kind === 'present' ? state.versions.get(living.version) : undefined;
    if (state.kind !== 'present' || living === undefined || version === undefined) return undefined;
    return { specification: specificationOf(living, version), owner: ownerOf(state) };
  },
});

function livingIn(state: ServiceState, number: number): LivingDeployment | undefined {
  return state.kind === 'present' ? state.living.get(number) : undefined;
}
