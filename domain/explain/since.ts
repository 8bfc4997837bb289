import { environmentEvents } from '../environments/environment/events.js';
import { claimEvents } from '../gpu/claim/events.js';
import { isOneOf, only, type AnyEvent, type EventTable, type Recorded } from '../kernel/event/index.js';
import { nodeEvents } from '../nodes/node/events.js';
import { planEvents } from '../scheduling/plan-log/events.js';
import { serviceEvents } from '../services/service/events.js';
import { taskEvents } from '../tasks/task/events.js';

const BUILDS = only(
  environmentEvents,
  'EnvironmentBuildRequested',
  'EnvironmentBuilt',
  'EnvironmentPlanned',
  'EnvironmentBuildFailed',
  'EnvironmentBuildCancelled',
);
const STARTS = only(nodeEvents, 'AllocationStarted');

/** The events that set the status of an object, by kind. Jobs are explained with the event. */
const SETS_STATUS = {
  jobs: {},
  allocations: {
    ...STARTS,
    ...only(planEvents, 'AllocationPlaced', 'AllocationStopRequested'),
    ...only(nodeEvents, 'AllocationCompleted', 'AllocationFailed', 'AllocationStopped', 'AllocationLost'),
  },
  nodes: only(
    nodeEvents,
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
      taskEvents,
      'TaskSlotDecided',
      'TaskTriggered',
      'TaskBackfilled',
      'TaskChainDecided',
      'TaskRunRetried',
      'TaskRunEnded',
      'TaskRunsCancelled',
    ),
  },
  tasks: only(taskEvents, 'TaskCreated', 'TaskStatusSet', 'TaskDeleted'),
  claims: { ...claimEvents, ...STARTS },
  services: only(
    serviceEvents,
    'ServiceCreated',
    'DeploymentRequested',
    'DeploymentSettled',
    'ServiceRestarted',
    'ServiceStopRequested',
    'ServiceFailed',
  ),
  environments: {
    ...BUILDS,
    ...only(environmentEvents, 'EnvironmentCreated', 'EnvironmentRolledBack', 'EnvironmentDeleted'),
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
