import { userEvents } from '#domain/accounts/user/events.js';
import { isOneOf, only, type RecordedOf } from '#domain/kernel/event/index.js';
import { serviceEvents } from '#domain/services/service/events.js';
import {
  DUE_IMMEDIATELY,
  dueValue,
  evolveWork,
  NO_WORK,
  ownerEndOf,
  ownerEndWords,
  WORK_EVENTS,
  type OwnerEnd,
  type WorkView,
} from '#domain/work/index.js';
import {
  deploymentOf,
  evolveDeploymentState,
  isPull,
  serviceStatus,
  DEPLOYMENT_STATE_EVENTS,
  type DeploymentReason,
  type ActiveWork,
  type ServiceEventOf,
  type ServiceStatus,
  type DeploymentState,
  type StoredConfig,
} from '#domain/services/service/index.js';
import { projection } from '#domain/kernel/projection.js';

/** A deployment in a list of services. Times are milliseconds since the epoch. */
export interface DeploymentLine {
  readonly number: number;
  readonly deploymentId: string;
  readonly label: string;
  readonly version: number;
  readonly outcome: 'completed' | 'failed' | 'cancelled' | null;
  readonly reason: DeploymentReason | null;
  readonly requestedAt: number;
  readonly startedAt: number | null;
  readonly settledAt: number | null;
  readonly standing?: Exclude<DeploymentState, { kind: 'over' }>;
  readonly work?: WorkView;
}

/** `services`, id = service id. Indexes: `tenant`, `status`, `owner`, `due` (its owner has ended, and it was not ended or handed over yet). */
export interface ServiceDocument {
  readonly serviceId: string;
  readonly tenantId: string;
  readonly createdBy: string;
  readonly type: string;
  readonly name: string;
  readonly description: string | null;
  readonly status: ServiceStatus;
  readonly version: number;
  readonly config: StoredConfig;
  readonly sealed?: string;
  readonly template?: string;
  readonly failure: DeploymentReason | null;
  readonly deployments: readonly DeploymentLine[];
  readonly failed: boolean;
  /** The end of its owner's account, until the service is ended or handed over. */
  readonly ownerEnd?: OwnerEnd;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export const SHOWN_DEPLOYMENTS = 10;

const OF_SERVICES = {
  ...only(serviceEvents, 'ServiceCreated', 'ServiceDescribed', 'ServiceConfigured', 'ServiceOwnerChanged'),
  ...only(serviceEvents, ...DEPLOYMENT_STATE_EVENTS),
};
const EVENTS = { ...OF_SERVICES, ...only(userEvents, 'UserErased', 'UserDeactivated'), ...WORK_EVENTS };
type Fact = RecordedOf<typeof OF_SERVICES>;

export const services = projection<ServiceDocument, typeof EVENTS>({
  name: 'services',
  version: 5,
  events: EVENTS,
  indexes: {
    tenant: ({ tenantId }) => tenantId,
    status: ({ status }) => status,
    owner: ({ createdBy }) => createdBy,
    due: (service) => dueValue(ownerEndDueAt(service)),
  },
  touches: ({ type, data }) => {
    if (type === 'UserErased' || type === 'UserDeactivated') return [{ where: 'owner', equals: data.userId }];
    if ('serviceId' in data) return [data.serviceId];
    const deployment = deploymentOf(data.jobId);
    return deployment === undefined ? [] : [deployment.serviceId];
  },
  evolve: (service, event) => {
    if (event.type === 'ServiceCreated') return created(event);
    if (service === undefined || event.type === 'ServiceDeleted') return undefined;
    if (event.type === 'UserErased' || event.type === 'UserDeactivated')
      return withOwnerEnd(service, ownerEndOf(event));
    return isOneOf(OF_SERVICES, event) ? evolved(service, event) : worked(service, event);
  },
});

/** When the end of the owner's account is to be carried out: at once. */
export function ownerEndDueAt({ ownerEnd }: Pick<ServiceDocument, 'ownerEnd'>): number | undefined {
  return ownerEnd === undefined ? undefined : DUE_IMMEDIATELY;
}

/** A stopped service has nothing to end, and may be started again by another account of its tenant. */
function withOwnerEnd(service: ServiceDocument, ownerEnd: OwnerEnd): ServiceDocument {
  if (service.createdBy !== ownerEnd.userId) return service;
  return ownerEnd.heir === undefined && activeWorkIn(service).length === 0
    ? service
    : { ...service, ownerEnd };
}

function created({ data, metadata: { at } }: Extract<Fact, { type: 'ServiceCreated' }>): ServiceDocument {
  const { serviceId, tenantId, createdBy, type, name, description } = data;
  return {
    serviceId,
    tenantId,
    createdBy,
    type,
    name,
    description,
    status: 'stopped',
    version: 0,
    config: {},
    failure: null,
    deployments: [],
    failed: false,
    createdAt: at,
    updatedAt: at,
  };
}

function worked(service: ServiceDocument, event: RecordedOf<typeof WORK_EVENTS>): ServiceDocument {
  const number = deploymentOf(event.data.jobId)?.number;
  const index = service.deployments.findIndex((each) => each.number === number);
  const line = service.deployments[index];
  if (line === undefined) return service;
  const startedAt =
    line.startedAt ?? (event.type === 'AllocationStarted' && !isPull(event.data) ? event.metadata.at : null);
  const work = line.work && evolveWork(line.work, event);
  if (startedAt === line.startedAt && work === line.work) return service;
  return withStatus({
    ...service,
    deployments: service.deployments.with(index, { ...line, startedAt, ...(work !== undefined && { work }) }),
  });
}

function withStatus(service: ServiceDocument): ServiceDocument {
  return { ...service, status: serviceStatus(activeWorkIn(service), service.failed) };
}

export function activeWorkIn({ deployments }: Pick<ServiceDocument, 'deployments'>): ActiveWork[] {
  return deployments.flatMap(({ standing, work = NO_WORK }) =>
    standing === undefined ? [] : [{ standing, work }],
  );
}

function evolved(service: ServiceDocument, event: Fact): ServiceDocument {
  const changed = { ...described(service, event), updatedAt: event.metadata.at };
  return withStatus({ ...changed, deployments: linesOf(changed.deployments, event) });
}

function described(service: ServiceDocument, { type, data }: Fact): ServiceDocument {
  switch (type) {
    case 'ServiceDescribed':
      return { ...service, name: data.name, description: data.description };
    case 'ServiceConfigured': {
      const { sealed: _sealed, template: _template, ...others } = service;
      const secret = {
        ...(data.sealed !== undefined && { sealed: data.sealed }),
        ...(data.template !== undefined && { template: data.template }),
      };
      return { ...others, version: data.version, config: data.config, ...secret };
    }
    case 'DeploymentRequested':
      return { ...service, failed: false, failure: null };
    case 'ServiceStopRequested':
      return { ...withoutOwnerEnd(service), failed: false, failure: stoppedBecause(data.because) };
    case 'ServiceOwnerChanged':
      return { ...withoutOwnerEnd(service), createdBy: data.ownerId };
    case 'DeploymentSettled':
      return data.outcome === 'failed' ? { ...service, failed: true, failure: data.reason } : service;
    case 'ServiceFailed':
      return { ...service, failed: true, failure: data.reason };
    default:
      return service;
  }
}

function withoutOwnerEnd({ ownerEnd: _ended, ...service }: ServiceDocument): ServiceDocument {
  return service;
}

function stoppedBecause(because: OwnerEnd['how'] | undefined): DeploymentReason | null {
  return because === undefined
    ? null
    : { code: 'stopped', message: `It was stopped because ${ownerEndWords(because)}.` };
}

function linesOf(lines: readonly DeploymentLine[], event: Fact): readonly DeploymentLine[] {
  const next = lines.map((line) => lineAfter(line, event));
  if (event.type === 'DeploymentRequested') next.unshift(lineOf(event));
  return next.filter(({ standing }, index) => standing !== undefined || index < SHOWN_DEPLOYMENTS);
}

function lineAfter(line: DeploymentLine, event: Fact): DeploymentLine {
  const { standing: former, work = NO_WORK, ...rest } = line;
  const standing = former && evolveDeploymentState(former, line.number, event);
  const own = event.type === 'DeploymentSettled' && event.data.number === line.number;
  const settled = own
    ? { outcome: event.data.outcome, reason: event.data.reason, settledAt: event.metadata.at }
    : {};
  return {
    ...rest,
    ...settled,
    ...(standing !== undefined && standing.kind !== 'over' && { standing, work }),
  };
}

function lineOf({
  type,
  data,
  metadata: { at },
}: Extract<Fact, { type: 'DeploymentRequested' }>): DeploymentLine {
  const { number, deploymentId, label, version } = data;
  const standing = evolveDeploymentState(undefined, number, {
    type,
    data,
  } satisfies ServiceEventOf<'DeploymentRequested'>);
  return {
    number,
    deploymentId,
    label,
    version,
    outcome: null,
    reason: null,
    requestedAt: at,
    startedAt: null,
    settledAt: null,
    ...(standing !== undefined && standing.kind !== 'over' && { standing, work: NO_WORK }),
  };
}
