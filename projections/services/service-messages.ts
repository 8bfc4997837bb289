import { only, type RecordedOf } from '#domain/kernel/event/index.js';
import { nodeEvents } from '#domain/nodes/node/events.js';
import { planEvents } from '#domain/scheduling/plan-log/events.js';
import { serviceEvents, type ServiceEventOf } from '#domain/services/service/events.js';
import { plural } from '#domain/kernel/plural.js';
import { ownerEndWords } from '#domain/work/owner-end.js';
import { deploymentWaitingSentence, isPull } from '#domain/services/service/deployment-decision.js';
import { deploymentOf } from '#domain/services/service/identifier.js';

export const SERVICE_EVENT_KINDS = [
  'created',
  'described',
  'version',
  'deployment',
  'image',
  'prepared',
  'advanced',
  'completed',
  'failed',
  'cancelled',
  'restarted',
  'stopped',
  'waits',
  'placed',
  'started',
  'healthy',
  'unhealthy',
  'exited',
  'retried',
  'stopping',
  'ended',
  'lost',
] as const;
export type ServiceEventKind = (typeof SERVICE_EVENT_KINDS)[number];

export interface ServiceMessage {
  /** A later message replaces an earlier one with the same key. If null, the message is never replaced. */
  readonly key: string | null;
  readonly kind: ServiceEventKind;
  readonly text: string;
  readonly by: string | null;
  readonly deployment: number | null;
  readonly allocationId: string | null;
  readonly prepared: number | null;
  readonly image: string | null;
}

/** The events of a service and of its instances that its history shows, and the one with which it ends. */
export const SERVICE_MESSAGE_EVENTS = {
  ...serviceEvents,
  ...only(
    planEvents,
    'EvaluationBlocked',
    'AllocationPlaced',
    'AllocationStopRequested',
    'AllocationReleased',
  ),
  ...only(
    nodeEvents,
    'AllocationStarted',
    'TaskHealthChanged',
    'TaskExited',
    'AllocationStopped',
    'AllocationLost',
  ),
};
type Event = RecordedOf<typeof SERVICE_MESSAGE_EVENTS>;

type MessageText = Pick<ServiceMessage, 'kind' | 'text'> & Partial<ServiceMessage>;

/** Returns the service that an event concerns and the number of the deployment, or undefined if it concerns no service. */
export function serviceConcerned({
  data,
}: Event): { readonly serviceId: string; readonly number: number | undefined } | undefined {
  if ('jobId' in data) return deploymentOf(data.jobId);
  return { serviceId: data.serviceId, number: 'number' in data ? data.number : undefined };
}

/** Describes an event of a service in plain text. Returns undefined if there is nothing to report. */
export function serviceMessageOf(event: Event): ServiceMessage | undefined {
  const about = serviceConcerned(event);
  const words = about && messageTextOf(event, about.number ?? 0);
  if (words === undefined) return undefined;
  const by = 'by' in event.data ? event.data.by : null;
  return {
    key: null,
    by,
    deployment: about?.number ?? null,
    allocationId: null,
    prepared: null,
    image: null,
    ...words,
  };
}

export function placementKeyOf(allocationId: string): string {
  return `placed.${allocationId}`;
}

function messageTextOf(event: Event, deployment: number): MessageText | undefined {
  switch (event.type) {
    case 'ServiceCreated':
      return { kind: 'created', text: 'It was created.', by: event.data.createdBy };
    case 'ServiceDescribed':
      return { kind: 'described', text: `Its name or description changed; its name is ${event.data.name}.` };
    case 'ServiceConfigured':
      return { kind: 'version', text: versionMessage(event.data) };
    case 'DeploymentRequested':
      return {
        kind: 'deployment',
        text: `Deployment ${event.data.number} of version ${event.data.version} was requested.`,
      };
    case 'ServiceImagePinned':
      return {
        kind: 'image',
        text: `Version ${event.data.version} runs the image ${event.data.imageDigest} from now on.`,
      };
    case 'ServiceImageReleased':
      return {
        kind: 'image',
        text: `The image of version ${event.data.version} is resolved again; until now it was ${event.data.imageDigest}.`,
      };
    case 'DeploymentPrepared':
      return {
        kind: 'prepared',
        text: `Deployment ${event.data.number} has its image. The previous one is stopped now, because both use the same volumes.`,
      };
    case 'DeploymentAdvanced':
      return {
        kind: 'advanced',
        text: `Deployment ${event.data.number} continues: ${plural(event.data.healthy, 'instance is', 'instances are')} healthy.`,
      };
    case 'DeploymentSettled': {
      const { outcome, number, reason } = event.data;
      return { kind: outcome, text: `Deployment ${number} ${SETTLED[outcome]}. ${reason.message}` };
    }
    case 'ServiceRestarted':
      return { kind: 'restarted', text: 'It was restarted.' };
    case 'ServiceStopRequested':
      return {
        kind: 'stopped',
        text:
          event.data.because === undefined
            ? 'It was stopped.'
            : `It was stopped because ${ownerEndWords(event.data.because)}.`,
      };
    case 'ServiceOwnerChanged':
      return { kind: 'described', text: `It has a new owner because ${ownerEndWords(event.data.because)}.` };
    case 'ServiceFailed':
      return { kind: 'failed', text: `It failed. ${event.data.reason.message}` };
    case 'EvaluationBlocked':
      return {
        kind: 'waits',
        text: deploymentWaitingSentence(event.data.reasons),
        key: `waits.${event.data.evaluationId}`,
      };
    default:
      return instanceMessage(event, deployment);
  }
}

const SETTLED = { completed: 'completed', failed: 'failed', cancelled: 'was cancelled' } as const;

function versionMessage({ version, because, from }: ServiceEventOf<'ServiceConfigured'>['data']): string {
  if (because === 'reverted')
    return `Rolled back to version ${from ?? '-'}, as version ${version}: the version in between failed.`;
  if (because === 'rolled_back') return `Reverted to version ${from ?? '-'}, as version ${version}.`;
  if (because === 'rotated')
    return `Version ${version} was created: a value was changed in the running program.`;
  return because === 'created'
    ? 'Version 1 was created.'
    : `Version ${version} was created: the configuration changed.`;
}

function instanceMessage(event: Event, deployment: number): MessageText | undefined {
  const of = (slot: number): string => `Instance ${slot + 1} of deployment ${deployment}`;
  switch (event.type) {
    case 'AllocationPlaced': {
      const { allocationId, slot, nodeId, volumes = [] } = event.data;
      const held =
        volumes.length === 0 ? '' : `, where its ${volumes.length === 1 ? 'volume is' : 'volumes are'}`;
      return {
        kind: 'placed',
        text: `${of(slot)} was placed on node ${nodeId}${held}.`,
        allocationId,
        key: placementKeyOf(allocationId),
      };
    }
    case 'AllocationStarted': {
      const { allocationId, slot, nodeId, tasks } = event.data;
      const prepared = Object.values(tasks).flatMap(({ preparedTime }) => preparedTime ?? []);
      const [image = null] = Object.values(tasks).flatMap(({ imageDigest }) => imageDigest ?? []);
      return {
        kind: 'started',
        text: isPull({ tasks })
          ? `The image of deployment ${deployment} is on node ${nodeId}.`
          : `${of(slot)} started on node ${nodeId}.`,
        allocationId,
        image,
        prepared: prepared.length === 0 ? null : Math.round(Math.max(...prepared) * 1000),
      };
    }
    case 'TaskHealthChanged': {
      const { allocationId, slot, healthy, message } = event.data;
      const said = message === null ? '.' : `: ${message}`;
      return {
        kind: healthy ? 'healthy' : 'unhealthy',
        text: `${of(slot)} became ${healthy ? 'healthy' : 'unhealthy'}${said}`,
        allocationId,
      };
    }
    case 'TaskExited':
      return exitMessage(event.data, of(event.data.slot));
    case 'AllocationStopRequested':
      return {
        kind: 'stopping',
        text: `${of(event.data.slot)} was asked to stop: ${STOPS[event.data.reason]}.`,
        allocationId: event.data.allocationId,
      };
    case 'AllocationStopped':
      return {
        kind: 'ended',
        text: `${of(event.data.slot)} stopped.`,
        allocationId: event.data.allocationId,
      };
    case 'AllocationLost':
      return {
        kind: 'lost',
        text: `${of(event.data.slot)} was lost on node ${event.data.nodeId}: ${event.data.reason}`,
        allocationId: event.data.allocationId,
      };
    case 'AllocationReleased': {
      const { allocationId, slot, outcome, retryAt } = event.data;
      if (retryAt === undefined || outcome === 'complete' || outcome === 'stopped') return undefined;
      const seconds = Math.max(0, Math.round((retryAt - event.metadata.at) / 100) / 10);
      return {
        kind: 'retried',
        text: `${of(slot)} will be started again${seconds === 0 ? '' : ` in ${seconds} s`}.`,
        allocationId,
      };
    }
    default:
      return undefined;
  }
}

type Exit = Extract<Event, { type: 'TaskExited' }>['data'];

function exitMessage(
  { allocationId, status, exitCode, error, message }: Exit,
  instance: string,
): MessageText | undefined {
  if (status === 'stopped') return undefined;
  const code = exitCode === null ? '' : ` with code ${exitCode}`;
  const why = error ?? message;
  return {
    kind: 'exited',
    text: `${instance} ${status === 'failed' ? 'failed' : 'exited on its own'}${code}${why === null ? '.' : `: ${why}`}`,
    allocationId,
  };
}

const STOPS: Readonly<Record<Extract<Event, { type: 'AllocationStopRequested' }>['data']['reason'], string>> =
  {
    'job-stopped': 'its deployment has ended',
    'job-deleted': 'its deployment has ended',
    'job-updated': 'it is being replaced',
    'scaled-down': 'newer instances replace it',
    drain: 'its node is draining',
    'capacity-shrunk': 'its node no longer has enough capacity',
  };
