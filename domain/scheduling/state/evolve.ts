import { quotaEvents } from '../../accounts/quota/events.js';
import { userEvents } from '../../accounts/user/events.js';
import { ALLOCATION_ENDS } from '../../allocations/index.js';
import { clusterEvents } from '../../cluster/events.js';
import { jobEvents } from '../../jobs/job/events.js';
import { only, type EventsOf } from '../../kernel/event/definition.js';
import type { Recorded } from '../../kernel/event/recorded.js';
import { SCHEDULER_STREAM } from '../../kernel/event/stream-name.js';
import { nodeEvents } from '../../nodes/node/events.js';
import { volumeEvents } from '../../volumes/events.js';
import { planEvents } from '../plan-log/events.js';
import type { ClusterState } from './cluster-state.js';
import { foldDeployment, foldEnded, foldSpecified } from './fold-jobs.js';
import { foldNodeChanged, foldRegistered, foldRemoved, foldReported } from './fold-nodes.js';
import { foldAccount, foldLimit } from './fold-quotas.js';
import {
  foldVolumeDeleteAsked,
  foldVolumeDeleted,
  foldVolumeDropped,
  foldVolumeRebound,
} from './fold-volumes.js';
import {
  foldCapacity,
  foldEvaluated,
  foldFinished,
  foldPlaced,
  foldQuotaExceeded,
  foldReleased,
  foldStopRequested,
} from './fold-plan.js';

export const CLUSTER_STATE_EVENTS = {
  ...only(
    jobEvents,
    'JobSubmitted',
    'JobUpdated',
    'JobRestarted',
    'JobStopped',
    'JobDeleted',
    'JobDeploymentAdvanced',
    'JobDeploymentSettled',
  ),
  ...only(
    nodeEvents,
    'NodeRegistered',
    'NodeHeartbeatReceived',
    'NodeWentDown',
    'NodeCameBack',
    'NodeRemoved',
    'NodeDrainStarted',
    'NodeDrainEnded',
    'NodeEligibilitySet',
    'NodeSlotsSet',
    'NodeTagsSet',
    ...ALLOCATION_ENDS,
  ),
  ...planEvents,
  ...only(quotaEvents, 'QuotaSet', 'QuotaReset'),
  ...only(
    userEvents,
    'UserRegistered',
    'UserRoleChanged',
    'UserErased',
    'ExecutionGranted',
    'ExecutionRevoked',
  ),
  ...only(volumeEvents, 'VolumeDeleteAsked', 'VolumeRebound', 'VolumeDeleted'),
  ...only(clusterEvents, 'ClusterCleared', 'LogEpochBegan'),
};

export type ClusterStateEvent = EventsOf<typeof CLUSTER_STATE_EVENTS>;

/** Folds one event of $all into the state, in place. Never throws, whatever the log contains. */
export function evolveClusterState(state: ClusterState, event: Recorded<ClusterStateEvent>): void {
  if (event.stream === SCHEDULER_STREAM) state.planRevision = event.revision;
  switch (event.type) {
    case 'JobSubmitted':
    case 'JobUpdated':
    case 'JobRestarted':
      return foldSpecified(state, event);
    case 'JobStopped':
    case 'JobDeleted':
      return foldEnded(state, event);
    case 'JobDeploymentAdvanced':
    case 'JobDeploymentSettled':
      return foldDeployment(state, event);
    case 'NodeRegistered':
      return foldRegistered(state, event);
    case 'NodeHeartbeatReceived':
    case 'NodeWentDown':
    case 'NodeCameBack':
    case 'NodeDrainStarted':
    case 'NodeDrainEnded':
    case 'NodeEligibilitySet':
    case 'NodeSlotsSet':
    case 'NodeTagsSet':
      return foldNodeChanged(state, event);
    case 'NodeRemoved':
      return foldRemoved(state, event);
    case 'AllocationCompleted':
    case 'AllocationFailed':
    case 'AllocationStopped':
    case 'AllocationLost':
      return foldReported(state, event);
    case 'NodeCapacitySet':
      return foldCapacity(state, event);
    case 'AllocationPlaced':
      return foldPlaced(state, event);
    case 'AllocationStopRequested':
      return foldStopRequested(state, event);
    case 'AllocationReleased':
      return foldReleased(state, event);
    case 'EvaluationBlocked':
    case 'EvaluationCompleted':
      return foldEvaluated(state, event);
    case 'JobFinished':
      return foldFinished(state, event);
    case 'QuotaExceeded':
      return foldQuotaExceeded(state, event);
    case 'QuotaSet':
    case 'QuotaReset':
      return foldLimit(state, event);
    case 'UserRegistered':
    case 'UserRoleChanged':
    case 'UserErased':
    case 'ExecutionGranted':
    case 'ExecutionRevoked':
      return foldAccount(state, event);
    case 'VolumeDeleteAsked':
      return foldVolumeDeleteAsked(state, event);
    case 'VolumeRebound':
      return foldVolumeRebound(state, event);
    case 'VolumeDropped':
      return foldVolumeDropped(state, event);
    case 'VolumeDeleted':
      return foldVolumeDeleted(state, event);
    case 'ClusterCleared':
      return state.clear();
    case 'LogEpochBegan':
      state.epoch = event.data.logEpoch;
  }
}
