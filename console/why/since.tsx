import type { ReactNode } from 'react';
import { When } from '../moment/when.js';
import type { ExplainedKind } from './panel.js';
import { useWhy } from './use-why.js';
import { Words } from './words.js';

const BUILDS = [
  'EnvironmentBuildRequested',
  'EnvironmentBuilt',
  'EnvironmentPlanned',
  'EnvironmentBuildFailed',
  'EnvironmentBuildCancelled',
];

/** Types of events that set the status of an object. */
const SETS_STATUS: Readonly<Record<ExplainedKind, readonly string[]>> = {
  jobs: [
    'JobSubmitted',
    'JobUpdated',
    'JobRestarted',
    'JobStopped',
    'JobDeleted',
    'JobFinished',
    'EvaluationBlocked',
    'EvaluationCompleted',
  ],
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
};

/** Says since when an object has its status, and who caused that. */
export function Since({
  kind,
  id,
  subjects,
}: {
  readonly kind: ExplainedKind;
  readonly id: string;
  readonly subjects: readonly string[];
}): ReactNode {
  const { data } = useWhy(kind, id, subjects);
  const events = data?.body.chain.filter(({ type }) => SETS_STATUS[kind].includes(type)) ?? [];
  // Later evaluations of a job that was not waiting change nothing.
  const waited = events.at(-2)?.type === 'EvaluationBlocked';
  const event = events.findLast(({ type }) => waited || type !== 'EvaluationCompleted');
  if (event === undefined) return <span className="muted">–</span>;
  const { at, position, actor, actor_name: name } = event;
  return (
    <>
      <When at={at} position={position} />
      {actor === null ? null : (
        <>
          {' by '}
          <Words text={name ?? actor} />
        </>
      )}
    </>
  );
}
