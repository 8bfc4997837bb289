import { isOneOf, only, type RecordedOf } from '#domain/kernel/event/index.js';
import {
  dueValue,
  evolveWork,
  healthySince,
  NO_WORK,
  WORK_EVENTS,
  type WorkView,
  slotsOf,
} from '#domain/work/index.js';
import {
  deploymentDueAt,
  deploymentKeyOf,
  deploymentOf,
  evolveDeploymentState,
  isPull,
  DEPLOYMENT_OVER,
  SERVICE_GROUP,
  DEPLOYMENT_STATE_EVENTS,
  withLastOutput,
  type DeploymentReason,
  type DueDeployment,
  type LastOutput,
  type ServiceEventOf,
} from '#domain/services/service/index.js';
import { serviceEvents } from '#domain/services/service/events.js';
import { projection } from '#domain/kernel/projection.js';

/** When the first instance reached each step, in milliseconds since the epoch. Null if it has not reached it yet. */
export interface DeploymentSteps {
  readonly placed: number | null;
  readonly prepared: number | null;
  readonly started: number | null;
  readonly healthy: number | null;
}

/**
 * `serviceDeployments`, id = `<service>.<number>`. Indexes: `service`; `due` (the next step is due); `living` (its service, while it is active);
 * `kept` (its service, while it is over and its job is retained).
 */
export interface ServiceDeploymentDocument extends DueDeployment {
  readonly deploymentId: string;
  readonly version: number;
  readonly label: string;
  readonly because: ServiceEventOf<'DeploymentRequested'>['data']['because'];
  readonly by: string;
  /** Id of the API key that the account used. */
  readonly apiKey?: string;
  readonly outcome: 'completed' | 'failed' | 'cancelled' | null;
  readonly reason: DeploymentReason | null;
  readonly settledAt: number | null;
  readonly steps: DeploymentSteps;
  /** Last outputs of instances, oldest first. Null if they were dropped, because its service was deleted or its job forgotten. */
  readonly ends: readonly LastOutput[] | null;
}

const OF_SERVICES = only(serviceEvents, ...DEPLOYMENT_STATE_EVENTS);
const EVENTS = { ...OF_SERVICES, ...WORK_EVENTS };
type ServiceFact = RecordedOf<typeof OF_SERVICES>;

export const serviceDeployments = projection<ServiceDeploymentDocument, typeof EVENTS>({
  name: 'serviceDeployments',
  version: 7,
  events: EVENTS,
  indexes: {
    service: ({ serviceId }) => serviceId,
    due: (deployment) => dueValue(deploymentDueAt(deployment)),
    living: ({ serviceId, standing }) => (standing.kind === 'over' ? undefined : serviceId),
    kept: ({ serviceId, standing, work: { job } }) =>
      standing.kind === 'over' && (job === 'begun' || job === 'stopped') ? serviceId : undefined,
  },
  touches: (event) => {
    if (isOneOf(OF_SERVICES, event)) {
      const { serviceId } = event.data;
      const living = { where: 'living', equals: serviceId };
      const kept = { where: 'kept', equals: serviceId };
      if (event.type === 'DeploymentRequested')
        return [deploymentKeyOf(serviceId, event.data.number), living, kept];
      return event.type === 'ServiceDeleted' ? [living, kept] : [living];
    }
    const deployment = deploymentOf(event.data.jobId);
    return deployment === undefined ? [] : [deploymentKeyOf(deployment.serviceId, deployment.number)];
  },
  evolve: (deployment, event) => {
    if (isOneOf(OF_SERVICES, event)) return ofService(deployment, event);
    return deployment && ofWork(deployment, event);
  },
});

function requested({
  data,
  metadata: { at, apiKey },
}: Extract<ServiceFact, { type: 'DeploymentRequested' }>): ServiceDeploymentDocument {
  const { serviceId, number, deploymentId, version, label, because, by } = data;
  return {
    serviceId,
    number,
    deploymentId,
    version,
    label,
    because,
    by,
    ...(apiKey !== undefined && { apiKey }),
    requestedAt: at,
    standing:
      evolveDeploymentState(undefined, number, { type: 'DeploymentRequested', data }) ?? DEPLOYMENT_OVER,
    outcome: null,
    reason: null,
    settledAt: null,
    steps: { placed: null, prepared: null, started: null, healthy: null },
    retention: { over: false, later: 0 },
    work: NO_WORK,
    ends: [],
  };
}

function ofService(
  deployment: ServiceDeploymentDocument | undefined,
  event: ServiceFact,
): ServiceDeploymentDocument | undefined {
  if (deployment === undefined) return event.type === 'DeploymentRequested' ? requested(event) : undefined;
  const { number, retention } = deployment;
  const standing = evolveDeploymentState(deployment.standing, number, event) ?? deployment.standing;
  const later = Math.max(retention.later, (followedBy(event) ?? number) - number);
  const ends = event.type === 'ServiceDeleted' ? null : deployment.ends;
  const next = { ...deployment, standing, retention: { over: standing.kind === 'over', later }, ends };
  if (event.type !== 'DeploymentSettled' || event.data.number !== number) return next;
  return { ...next, outcome: event.data.outcome, reason: event.data.reason, settledAt: event.metadata.at };
}

function followedBy({ type, data }: ServiceFact): number | undefined {
  if (type === 'DeploymentRequested') return data.number;
  return type === 'DeploymentSettled' ? data.revertedBy : undefined;
}

function ofWork(
  deployment: ServiceDeploymentDocument,
  event: RecordedOf<typeof WORK_EVENTS>,
): ServiceDeploymentDocument {
  const work = evolveWork(deployment.work, event);
  const ends = endsAfter(deployment.ends, event);
  if (work === deployment.work && ends === deployment.ends) return deployment;
  return { ...deployment, work, steps: stepsOf(deployment.steps, work, event.metadata.at), ends };
}

function endsAfter(
  ends: ServiceDeploymentDocument['ends'],
  event: RecordedOf<typeof WORK_EVENTS>,
): ServiceDeploymentDocument['ends'] {
  if (ends === null || event.type === 'JobDeleted') return null;
  return event.type === 'TaskExited' ? withLastOutput(ends, event) : ends;
}

function stepsOf(steps: DeploymentSteps, work: WorkView, at: number): DeploymentSteps {
  const slots = slotsOf(work, SERVICE_GROUP);
  const own = slots.filter((slot) => !isPull(slot));
  const prepared = slots.flatMap(({ tasks }) =>
    Object.values(tasks).flatMap(({ preparedTime }) => preparedTime ?? []),
  );
  return {
    placed: steps.placed ?? (slots.length > 0 ? at : null),
    prepared: steps.prepared ?? (prepared.length > 0 ? Math.round(Math.min(...prepared) * 1000) : null),
    started: steps.started ?? (own.some(({ ran }) => ran) ? at : null),
    healthy: steps.healthy ?? (own.some((slot) => healthySince(slot) !== null) ? at : null),
  };
}
