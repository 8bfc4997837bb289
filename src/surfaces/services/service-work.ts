import {
  deploymentJobOf,
  deploymentKeyOf,
  deploymentDueAt,
  decideDeployment,
  DEPLOYMENT_OVER,
  ownerOf,
  portsOf,
  services,
  specificationOf,
  desiredJobOf,
  type ActiveDeployment,
  type ServiceCommand,
  type ServiceEvent,
  type ServiceState,
} from '#domain/services/service/index.js';
import {
  serviceDeployments,
  type ServiceDeploymentDocument,
} from '#projections/services/service-deployments.js';
import { ownedWork } from '#src/fleet/owned-work/index.js';

/**
 * Drives services. Each deployment is an item of the service's stream with its own job, so a rollout runs a second job in parallel. A deployment
 * that is healthy for long enough takes over, one that misses its deadline fails, and each result is recorded once in the service's stream.
 */
export const serviceWork = ownedWork<ServiceCommand, ServiceEvent, ServiceState, ServiceDeploymentDocument>({
  name: 'services',
  surface: 'services',
  projection: serviceDeployments,
  aggregate: services,
  item: ({ serviceId, number }) => ({
    stream: serviceId,
    workId: deploymentKeyOf(serviceId, number),
    jobId: deploymentJobOf(serviceId, number),
  }),
  origin: ({ serviceId, number }) => ({ stream: serviceId, fields: { number } }),
  dueAt: deploymentDueAt,
  view: ({ work }) => work,
  settle: (state, deployment, now) => {
    const { number } = deployment;
    const living = livingIn(state, number);
    const judgement = living && decideDeployment({ ...deployment, standing: living.standing }, now);
    return judgement && { ...judgement, number, now, ports: portsOf(deployment.work) };
  },
  want: (state, { number, retention }) =>
    desiredJobOf(livingIn(state, number)?.standing ?? DEPLOYMENT_OVER, retention),
  job: (state, { number }) => {
    const living = livingIn(state, number);
    const version = living && state.kind === 'present' ? state.versions.get(living.version) : undefined;
    if (state.kind !== 'present' || living === undefined || version === undefined) return undefined;
    return { specification: specificationOf(living, version), owner: ownerOf(state) };
  },
});

function livingIn(state: ServiceState, number: number): ActiveDeployment | undefined {
  return state.kind === 'present' ? state.living.get(number) : undefined;
}
