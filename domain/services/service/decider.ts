import { assertNever, MusterError } from '../../kernel/errors/index.js';
import type { Decider } from '../../kernel/event/index.js';
import type { ChosenImage } from '../../jobs/job/chosen-image.js';
import { UuidNamespace } from '../../kernel/name-uuid.js';
import { ownerEndWords, type OwnerEnd } from '../../work/owner-end.js';
import { serviceErrors } from './errors.js';
import type {
  DeploymentReason,
  FormerPorts,
  RolloutPlan,
  ServiceEvent,
  ServiceEventOf,
  ServiceVersion,
} from './events.js';
import { deploymentLabel } from './identifier.js';
import { instancesOf, planOf } from './plan.js';
import {
  evolveService,
  NO_SERVICE,
  pinnedTo,
  rolloutOf,
  servingOf,
  type ActiveDeployment,
  type PresentService,
  type ServiceState,
} from './state.js';

export type Configuration = Omit<ServiceVersion, 'version'>;
type Because = ServiceEventOf<'ServiceConfigured'>['data']['because'];

/**
 * `now` is in milliseconds since the epoch, `by` is an account or `muster`, and `ports` are the current or last host ports. `pullOn` is the node that can
 * pull an image while the current instance runs there.
 */
export type ServiceCommand =
  | {
      readonly kind: 'create';
      readonly service: Pick<
        PresentService,
        'serviceId' | 'tenantId' | 'createdBy' | 'type' | 'name' | 'description'
      >;
      readonly configuration: Configuration;
    }
  | {
      readonly kind: 'change';
      readonly name?: string | undefined;
      readonly type?: string | undefined;
      readonly description?: string | null | undefined;
      readonly configuration?: Configuration | undefined;
      readonly by: string;
      readonly now: number;
      readonly ports?: FormerPorts | undefined;
      readonly pullOn?: string | undefined;
    }
  /** The program of the service has changed a value. `replaces` is the version on which `configuration` is based; if it is not the newest, nothing happens. */
  | {
      readonly kind: 'rotate';
      readonly replaces: number;
      readonly configuration: Configuration;
      readonly by: string;
      readonly now: number;
      readonly ports?: FormerPorts | undefined;
      readonly pullOn?: string | undefined;
    }
  | {
      readonly kind: 'start';
      readonly by: string;
      readonly now: number;
      readonly pull?: boolean | undefined;
      readonly ports?: FormerPorts | undefined;
    }
  | { readonly kind: 'stop'; readonly by: string }
  | { readonly kind: 'ownerEnded'; readonly end: OwnerEnd }
  | { readonly kind: 'restart'; readonly by: string; readonly pull?: boolean | undefined }
  | {
      readonly kind: 'rollBack';
      readonly version: number;
      readonly former: Configuration;
      readonly by: string;
      readonly now: number;
      readonly ports?: FormerPorts | undefined;
      readonly pullOn?: string | undefined;
    }
  | { readonly kind: 'delete'; readonly volumes: boolean; readonly by: string }
  | { readonly kind: 'pin'; readonly number: number; readonly restarts: number; readonly imageDigest: string }
  | { readonly kind: 'prepared'; readonly number: number }
  | { readonly kind: 'advance'; readonly number: number; readonly healthy: number }
  | {
      readonly kind: 'settle';
      readonly number: number;
      readonly outcome: 'completed' | 'failed';
      readonly reason: DeploymentReason;
      readonly now: number;
      readonly ports?: FormerPorts | undefined;
    }
  | { readonly kind: 'fail'; readonly number: number; readonly reason: DeploymentReason };

export const MUSTER = 'muster';

export const serviceDecider: Decider<ServiceCommand, ServiceEvent, ServiceState> = {
  initialState: NO_SERVICE,
  decide,
  evolve: evolveService,
};

function decide(command: ServiceCommand, state: ServiceState): readonly ServiceEvent[] {
  if (command.kind === 'create') return state.kind === 'absent' ? created(command) : [];
  if (state.kind !== 'present') {
    if (OBSERVED.has(command.kind) || (command.kind === 'delete' && state.kind === 'deleted')) return [];
    throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NOT_FOUND);
  }
  switch (command.kind) {
    case 'change':
      return changed(command, state);
    case 'rotate':
      if (command.replaces !== state.version) return [];
      return newVersion(state, command, 'rotated');
    case 'start':
      return started(command, state);
    case 'stop':
      if (state.living.size === 0) throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NOT_RUNNING);
      return [
        ...cancelled(state, { code: 'stopped', message: 'It was stopped.' }),
        { type: 'ServiceStopRequested', data: { ...of(state), by: command.by } },
      ];
    case 'ownerEnded':
      return ownerEnded(command.end, state);
    case 'restart':
      return restarted(command, state);
    case 'rollBack':
      return rolledBack(command, state);
    case 'delete':
      return [
        ...cancelled(state, { code: 'deleted', message: 'The service was deleted.' }),
        { type: 'ServiceDeleted', data: { ...of(state), volumes: command.volumes, by: command.by } },
      ];
    case 'pin':
      return pinned(command, state);
    case 'prepared':
      if (rolloutOf(state)?.number !== command.number || rolloutOf(state)?.standing.pullOn === undefined)
        return [];
      return [{ type: 'DeploymentPrepared', data: { ...of(state), number: command.number } }];
    case 'advance':
      return advanced(command, state);
    case 'settle':
      return settled(command, state);
    case 'fail':
      if (servingOf(state)?.number !== command.number) return [];
      return [
        { type: 'ServiceFailed', data: { ...of(state), number: command.number, reason: command.reason } },
      ];
    default:
      return assertNever(command);
  }
}

/** Commands that report observations rather than a user's request. */
const OBSERVED: ReadonlySet<ServiceCommand['kind']> = new Set([
  'pin',
  'prepared',
  'advance',
  'settle',
  'fail',
  'ownerEnded',
]);

type Of<Kind extends ServiceCommand['kind']> = Extract<ServiceCommand, { readonly kind: Kind }>;

function of({ serviceId }: Pick<PresentService, 'serviceId'>): { serviceId: string } {
  return { serviceId };
}

function created({ service, configuration }: Of<'create'>): readonly ServiceEvent[] {
  const { serviceId, tenantId, createdBy, type, name, description } = service;
  return [
    { type: 'ServiceCreated', data: { serviceId, name, description, type, tenantId, createdBy } },
    configured(service, { ...configuration, version: 1 }, 'created', createdBy),
  ];
}

function changed(
  { name, type, description, configuration, by, now, ports, pullOn }: Of<'change'>,
  state: PresentService,
): readonly ServiceEvent[] {
  if (type !== undefined && type !== state.type)
    throw new MusterError(serviceErrors.MUSTER_E_SERVICE_TYPE_FIXED, { type: state.type });
  const called = {
    name: name ?? state.name,
    description: description === undefined ? state.description : description,
  };
  const events: ServiceEvent[] = [];
  if (called.name !== state.name || called.description !== state.description)
    events.push({ type: 'ServiceDescribed', data: { ...of(state), ...called, by } });
  if (configuration === undefined || configuration.digest === state.versions.get(state.version)?.digest)
    return events;
  const change = { configuration, by, now, ports, pullOn };
  return [...events, ...newVersion({ ...state, name: called.name }, change, 'updated')];
}

/** Records a version, and replaces the deployment that is in progress or serves. */
function newVersion(
  state: PresentService,
  { configuration, by, now, ports, pullOn }: Omit<Of<'rotate'>, 'kind' | 'replaces'>,
  because: Because,
): readonly ServiceEvent[] {
  const version = { ...configuration, version: state.version + 1 };
  const made = configured(state, version, because, by);
  if (state.living.size === 0) return [made];
  const superseded = cancelled(state, {
    code: 'superseded',
    message: `Version ${version.version} replaces it.`,
  });
  return [made, ...superseded, requested(state, version, because, by, now, ports, pullOn)];
}

function started(
  { by, now, ports, pull = false }: Of<'start'>,
  state: PresentService,
): readonly ServiceEvent[] {
  refuseInProgress(state);
  if (servingOf(state) !== undefined) throw new MusterError(serviceErrors.MUSTER_E_SERVICE_RUNNING);
  const newest = newestOf(state);
  if (!pull) return [requested(state, newest, 'started', by, now, ports)];
  return [
    ...released(state, newest.version, by),
    requested(state, newest, 'started', by, now, ports, undefined, { pull_image: true }),
  ];
}

function restarted({ by, pull = false }: Of<'restart'>, state: PresentService): readonly ServiceEvent[] {
  refuseInProgress(state);
  const serving = servingOf(state);
  if (serving === undefined) throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NOT_RUNNING);
  const { number, version, standing } = serving;
  const again = { ...of(state), number, restarts: standing.restarts + 1, ...(pull && { pull }), by };
  return [...(pull ? released(state, version, by) : []), { type: 'ServiceRestarted', data: again }];
}

/** The service goes to the heir of its owner. Without an heir it is stopped, and its configuration and volumes remain. */
function ownerEnded({ how, userId, heir }: OwnerEnd, state: PresentService): readonly ServiceEvent[] {
  if (state.createdBy !== userId) return [];
  if (heir !== undefined)
    return [{ type: 'ServiceOwnerChanged', data: { ...of(state), ownerId: heir, because: how } }];
  if (state.living.size === 0) return [];
  return [
    ...cancelled(state, { code: 'stopped', message: `It was stopped because ${ownerEndWords(how)}.` }),
    { type: 'ServiceStopRequested', data: { ...of(state), by: MUSTER, because: how } },
  ];
}

function released(state: PresentService, version: number, by: string): readonly ServiceEvent[] {
  const imageDigest = state.versions.get(version)?.imageDigest;
  return imageDigest === undefined
    ? []
    : [{ type: 'ServiceImageReleased', data: { ...of(state), version, imageDigest, by } }];
}

function pinned(
  { number, restarts, imageDigest }: Of<'pin'>,
  state: PresentService,
): readonly ServiceEvent[] {
  const living = state.living.get(number);
  if (living?.standing.restarts !== restarts || living.standing.image?.image_digest !== undefined) return [];
  return [
    { type: 'ServiceImagePinned', data: { ...of(state), number, version: living.version, imageDigest } },
  ];
}

function rolledBack(
  { version: from, former, by, now, ports, pullOn }: Of<'rollBack'>,
  state: PresentService,
): readonly ServiceEvent[] {
  refuseInProgress(state);
  if (from < 1 || from > state.version)
    throw new MusterError(serviceErrors.MUSTER_E_SERVICE_VERSION_NOT_FOUND, { version: from });
  const known = state.versions.get(from);
  const version = {
    ...(known === undefined ? former : pinnedTo(former, known.imageDigest)),
    version: state.version + 1,
  };
  const again = configured(state, version, 'rolled_back', by, from);
  return state.living.size === 0
    ? [again]
    : [again, requested(state, version, 'rolled_back', by, now, ports, pullOn)];
}

function refuseInProgress(state: PresentService): void {
  if (rolloutOf(state) !== undefined) throw new MusterError(serviceErrors.MUSTER_E_SERVICE_DEPLOYING);
}

function advanced({ number, healthy }: Of<'advance'>, state: PresentService): readonly ServiceEvent[] {
  const rollout = rolloutOf(state);
  // Progress never decreases: instances that became healthy have already allowed others to start.
  if (rollout?.number !== number || healthy + rollout.standing.plan.maxParallel <= rollout.standing.instances)
    return [];
  return [{ type: 'DeploymentAdvanced', data: { ...of(state), number, healthy } }];
}

function settled(
  { number, outcome, reason, now, ports }: Of<'settle'>,
  state: PresentService,
): readonly ServiceEvent[] {
  const rollout = rolloutOf(state);
  if (rollout?.number !== number) return [];
  const back = outcome === 'failed' ? reverted(rollout, state, now, ports) : [];
  const revertedBy = back.find((event) => event.type === 'DeploymentRequested')?.data.number;
  return [
    {
      type: 'DeploymentSettled',
      data: { ...of(state), number, outcome, reason, ...(revertedBy !== undefined && { revertedBy }) },
    },
    ...back,
  ];
}

/** Rolls back once: a rollback is never itself rolled back. */
function reverted(
  failed: ActiveDeployment,
  state: PresentService,
  now: number,
  ports: FormerPorts | undefined,
): readonly ServiceEvent[] {
  const former = state.former === null ? undefined : state.versions.get(state.former);
  const wanted = state.versions.get(failed.version);
  const reverts = wanted === undefined || instancesOf(wanted).update?.auto_revert !== false;
  if (former === undefined || !reverts || failed.because === 'reverted' || former.version === failed.version)
    return [];
  const version = { ...former, version: state.version + 1 };
  const again = configured(state, version, 'reverted', MUSTER, former.version);
  // If the previous version is still serving, nothing has to start.
  return servingOf(state) === undefined
    ? [again, requested(state, version, 'reverted', MUSTER, now, ports)]
    : [again];
}

function cancelled(state: PresentService, reason: DeploymentReason): readonly ServiceEvent[] {
  const rollout = rolloutOf(state);
  if (rollout === undefined) return [];
  return [
    {
      type: 'DeploymentSettled',
      data: { ...of(state), number: rollout.number, outcome: 'cancelled', reason },
    },
  ];
}

function configured(
  service: Pick<PresentService, 'serviceId'>,
  { version, config, digest, sealed, template, work, inherited, imageDigest }: ServiceVersion,
  because: Because,
  by: string,
  from?: number,
): ServiceEvent {
  const secret = { ...(sealed !== undefined && { sealed }), ...(template !== undefined && { template }) };
  const made = { because, ...(from !== undefined && { from }), by };
  return {
    type: 'ServiceConfigured',
    data: {
      ...of(service),
      version,
      config,
      digest,
      ...secret,
      work,
      ...(inherited !== undefined && { inherited }),
      ...(imageDigest !== undefined && { imageDigest }),
      ...made,
    },
  };
}

const DEPLOYMENTS = new UuidNamespace('c1f5a0d4-3a68-5d0b-8c41-7d3d0f5b9a12');

function requested(
  state: PresentService,
  version: ServiceVersion,
  because: Because,
  by: string,
  now: number,
  ports: FormerPorts | undefined = state.ports,
  pullOn?: string,
  image: ChosenImage | undefined = version.imageDigest === undefined
    ? undefined
    : { image_digest: version.imageDigest },
): ServiceEvent {
  const { serviceId, tenantId, name } = state;
  const number = state.deployments + 1;
  const deploymentId = DEPLOYMENTS.of(`${serviceId}.${number}`);
  const others = [...state.living.values()].flatMap((living) => state.versions.get(living.version) ?? []);
  const plan: RolloutPlan = planOf(version, others);
  const label = deploymentLabel(tenantId, name, now);
  return {
    type: 'DeploymentRequested',
    data: {
      serviceId,
      number,
      deploymentId,
      version: version.version,
      label,
      because,
      by,
      plan,
      ...((plan.stopFirst || others.length === 0) && ports && { ports }),
      ...(image !== undefined && { image }),
      ...(plan.stopFirst && servingOf(state) !== undefined && pullOn !== undefined && { pullOn }),
    },
  };
}

function newestOf(state: PresentService): ServiceVersion {
  const version = state.versions.get(state.version);
  if (version === undefined)
    throw new MusterError(serviceErrors.MUSTER_E_SERVICE_VERSION_NOT_FOUND, { version: state.version });
  return version;
}
