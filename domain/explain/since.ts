import { only, isOneOf, type AnyEvent, type EventTable, type Recorded } from '../kernel/event/index.js';
import { EXPLAINED_EVENTS } from './explained.js';

const BUILDS = only(
  EXPLAINED_EVENTS,
  'EnvironmentBuildRequested',
  'EnvironmentBuilt',
  'EnvironmentPlanned',
  'EnvironmentBuildFailed',
  'EnvironmentBuildCancelled',
);
const STARTS = only(EXPLAINED_EVENTS, 'AllocationStarted');

/** The events that set the status of an object, by kind. Jobs are explained with the event. */
const SETS_STATUS = {
  jobs: {},
  allocations: {
    ...STARTS,
    ...only(EXPLAINED_EVENTS, 'AllocationPlaced', 'AllocationStopRequested'),
    ...only(
      EXPLAINED_EVENTS,
      'AllocationCompleted',
      'AllocationFailed',
      'AllocationStopped',
      'AllocationLost',
    ),
  },
  nodes: only(
    EXPLAINED_EVENTS,
    'NodeRegistered',
    'NodeRegistrationRefused',
    'NodeWentDown',
    'NodeCameBack',
    'NodeRemoved',
    'NodeDrainStarted',
    'NodeDrainEnded',
    'NodeEligibilitySet',
  ),
  runs: {
    ...STARTS,
    ...only(
      EXPLAINED_EVENTS,
      'TaskSlotDecided',
      'TaskTriggered',
      'TaskBackfilled',
      'TaskChainDecided',
      'TaskRunRetried',
      'TaskRunEnded',
      'TaskRunsCancelled',
    ),
  },
  tasks: only(EXPLAINED_EVENTS, 'TaskCreated', 'TaskStatusSet', 'TaskDeleted'),
  claims: { ...only(EXPLAINED_EVENTS, 'GpuClaimed', 'GpuReleased', 'GpuClaimEnded'), ...STARTS },
  services: only(
    EXPLAINED_EVENTS,
    'ServiceCreated',
    'DeploymentRequested',
    'DeploymentSettled',
    'ServiceRestarted',
    'ServiceStopRequested',
    'ServiceFailed',
  ),
  environments: {
    ...BUILDS,
    ...only(EXPLAINED_EVENTS, 'EnvironmentCreated', 'EnvironmentRolledBack', 'EnvironmentDeleted'),
  },
  builds: BUILDS,
  requests: {},
} satisfies Readonly<Record<string, EventTable>>;

/** Returns the latest event that set the status of an object of this kind. */
export function statusEventOf(
  kind: keyof typeof SETS_STATUS,
  events: readonly Recorded<AnyEvent>[],
): Recorded<AnyEvent> | undefined {
  const table: EventTable = SETS_STATUS[kind];
  return events.findLast((event) => isOneOf(table, event));
}
