import type { RecordedMusterEvent } from '../event-types/registry.js';
import type { Events } from './last.js';

type Type = RecordedMusterEvent['type'];

const BUILDS: readonly Type[] = [
  'EnvironmentBuildRequested',
  'EnvironmentBuilt',
  'EnvironmentPlanned',
  'EnvironmentBuildFailed',
  'EnvironmentBuildCancelled',
];

/** Types of events that set the status of an object, by kind. Jobs are explained with the event. */
const SETS_STATUS = {
  jobs: [],
  allocations: [
    'AllocationPlaced',
    'AllocationStarted',
    'AllocationStopRequested',
    'AllocationCompleted',
    'AllocationFailed',
    'AllocationStopped',
    'AllocationLost',
  ],
  nodes: [
    'NodeRegistered',
    'NodeRegistrationRefused',
    'NodeWentDown',
    'NodeCameBack',
    'NodeRemoved',
    'NodeDrainStarted',
    'NodeDrainEnded',
    'NodeEligibilitySet',
  ],
  runs: [
    'TaskSlotDecided',
    'TaskTriggered',
    'TaskBackfilled',
    'TaskChainDecided',
    'TaskRunRetried',
    'AllocationStarted',
    'TaskRunEnded',
    'TaskRunsCancelled',
  ],
  tasks: ['TaskCreated', 'TaskStatusSet', 'TaskDeleted'],
  claims: ['GpuClaimed', 'AllocationStarted', 'GpuReleased', 'GpuClaimEnded'],
  services: [
    'ServiceCreated',
    'DeploymentRequested',
    'DeploymentSettled',
    'ServiceRestarted',
    'ServiceStopRequested',
    'ServiceFailed',
  ],
  environments: ['EnvironmentCreated', ...BUILDS, 'EnvironmentRolledBack', 'EnvironmentDeleted'],
  builds: BUILDS,
  requests: [],
} as const satisfies Readonly<Record<string, readonly Type[]>>;

/** Returns the latest event that set the status of an object of this kind. */
export function statusEventOf(
  kind: keyof typeof SETS_STATUS,
  events: Events,
): RecordedMusterEvent | undefined {
  const types: readonly Type[] = SETS_STATUS[kind];
  return events.findLast(({ type }) => types.includes(type));
}
