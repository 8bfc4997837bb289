import type { Recorded } from '../../kernel/event/index.js';
import type { FormerPorts, ServiceEvent, ServiceEventOf, ServiceVersion } from './events.js';
import { evolveDeploymentState, type DeploymentState } from './deployment-state.js';

export type RecordedVersion = ServiceVersion & {
  readonly event: { readonly service: string; readonly revision: number };
};

export interface ActiveDeployment {
  readonly number: number;
  readonly deploymentId: string;
  readonly version: number;
  readonly because: ServiceEventOf<'DeploymentRequested'>['data']['because'];
  readonly requestedAt: number;
  readonly ports?: FormerPorts;
  readonly standing: Exclude<DeploymentState, { kind: 'over' }>;
}

export interface PresentService {
  readonly kind: 'present';
  readonly serviceId: string;
  readonly tenantId: string;
  readonly createdBy: string;
  readonly type: string;
  readonly name: string;
  readonly description: string | null;
  readonly version: number;
  readonly versions: ReadonlyMap<number, RecordedVersion>;
  readonly deployments: number;
  readonly living: ReadonlyMap<number, ActiveDeployment>;
  readonly former: number | null;
  /** The host ports that the latest deployment with a preference requested. Kept for later ones, even if that deployment was never placed. */
  readonly ports?: FormerPorts;
  readonly failed: boolean;
}

/** `volumes`: whether its volumes are deleted, too. */
export interface DeletedService extends Pick<
  PresentService,
  'serviceId' | 'tenantId' | 'createdBy' | 'name'
> {
  readonly kind: 'deleted';
  readonly volumes: boolean;
}

export type ServiceState = { readonly kind: 'absent' } | PresentService | DeletedService;

export const NO_SERVICE: ServiceState = { kind: 'absent' };

export function rolloutOf({ living }: Pick<PresentService, 'living'>): ActiveDeployment | undefined {
  return [...living.values()].find(({ standing }) => standing.kind === 'rollout');
}

export function servingOf({ living }: Pick<PresentService, 'living'>): ActiveDeployment | undefined {
  return [...living.values()].find(({ standing }) => standing.kind === 'serving');
}

export function evolveService(state: ServiceState, event: Recorded<ServiceEvent>): ServiceState {
  if (event.type === 'ServiceCreated') return created(event);
  if (state.kind !== 'present') return state;
  if (event.type === 'ServiceDeleted') return deleted(state, event.data.volumes);
  return withoutUnneededVersions(withDeploymentStates(evolved(state, event), event));
}

function created({
  data: { serviceId, tenantId, createdBy, type, name, description },
}: ServiceEventOf<'ServiceCreated'>): PresentService {
  return {
    kind: 'present',
    serviceId,
    tenantId,
    createdBy,
    type,
    name,
    description,
    version: 0,
    versions: new Map(),
    deployments: 0,
    living: new Map(),
    former: null,
    failed: false,
  };
}

function deleted({ serviceId, tenantId, createdBy, name }: PresentService, volumes: boolean): DeletedService {
  return { kind: 'deleted', serviceId, tenantId, createdBy, name, volumes };
}

function evolved(state: PresentService, event: Recorded<ServiceEvent>): PresentService {
  switch (event.type) {
    case 'ServiceDescribed':
      return { ...state, name: event.data.name, description: event.data.description };
    case 'ServiceConfigured': {
      const { serviceId: service, because: _because, from: _from, by: _by, ...version } = event.data;
      const recorded = { ...version, event: { service, revision: event.revision } };
      return {
        ...state,
        version: version.version,
        versions: new Map(state.versions).set(version.version, recorded),
        // The former version has a value that the program no longer accepts, so no failure goes back to it.
        ...(event.data.because === 'rotated' && { former: null }),
      };
    }
    case 'ServiceImagePinned':
      return { ...state, versions: withImage(state.versions, event.data.version, event.data.imageDigest) };
    case 'ServiceImageReleased':
      return { ...state, versions: withImage(state.versions, event.data.version, undefined) };
    case 'DeploymentRequested':
      return {
        ...state,
        deployments: event.data.number,
        failed: false,
        ...(event.data.ports !== undefined && { ports: event.data.ports }),
      };
    case 'DeploymentSettled': {
      const { number, outcome } = event.data;
      if (outcome !== 'completed') return outcome === 'failed' ? { ...state, failed: true } : state;
      return { ...state, former: state.living.get(number)?.version ?? state.former };
    }
    case 'ServiceStopRequested':
      return { ...state, failed: false };
    case 'ServiceOwnerChanged':
      return { ...state, createdBy: event.data.ownerId };
    case 'ServiceFailed':
      return { ...state, failed: true };
    default:
      return state;
  }
}

function withImage(
  versions: PresentService['versions'],
  number: number,
  imageDigest: string | undefined,
): PresentService['versions'] {
  const known = versions.get(number);
  return known === undefined ? versions : new Map(versions).set(number, pinnedTo(known, imageDigest));
}

export function pinnedTo<Version extends Pick<ServiceVersion, 'imageDigest'>>(
  { imageDigest: _former, ...version }: Version,
  imageDigest: string | undefined,
): Omit<Version, 'imageDigest'> & Pick<ServiceVersion, 'imageDigest'> {
  return { ...version, ...(imageDigest !== undefined && { imageDigest }) };
}

function withDeploymentStates(state: PresentService, event: Recorded<ServiceEvent>): PresentService {
  const living = new Map<number, ActiveDeployment>();
  for (const [number, deployment] of state.living) {
    const standing = evolveDeploymentState(deployment.standing, number, event);
    if (standing !== undefined && standing.kind !== 'over')
      living.set(number, standing === deployment.standing ? deployment : { ...deployment, standing });
  }
  if (event.type === 'DeploymentRequested') {
    const { number, deploymentId, version, because, ports } = event.data;
    const standing = evolveDeploymentState(undefined, number, event);
    if (standing !== undefined && standing.kind !== 'over')
      living.set(number, {
        number,
        deploymentId,
        version,
        because,
        requestedAt: event.metadata.at,
        ...(ports && { ports }),
        standing,
      });
  }
  return { ...state, living };
}

function withoutUnneededVersions(state: PresentService): PresentService {
  const needed = new Set([
    state.version,
    state.former,
    ...[...state.living.values()].map(({ version }) => version),
  ]);
  if ([...state.versions.keys()].every((version) => needed.has(version))) return state;
  return { ...state, versions: new Map([...state.versions].filter(([version]) => needed.has(version))) };
}
