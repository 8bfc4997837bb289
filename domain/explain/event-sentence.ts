import { registryEvents } from '../accounts/registry/events.js';
import { secretEvents } from '../accounts/secret/events.js';
import { commandEvents } from '../allocations/command/events.js';
import { clusterEvents } from '../cluster/events.js';
import { templateEvents } from '../jobs/template/events.js';
import { isOneOf, only, type AnyEvent, type Recorded, type RecordedOf } from '../kernel/event/index.js';
import { plural } from '../kernel/plural.js';
import { volumeEvents } from '../volumes/events.js';
import { ownerEndWords } from '../work/owner-end.js';
import { EXPLAINED_EVENTS, type EventOf } from './explained.js';
import { blockedSentence, stopSentence } from './placement-words.js';

/** The events that have a sentence of their own, together with the others of their streams. */
const EVENTS = {
  ...EXPLAINED_EVENTS,
  ...commandEvents,
  ...secretEvents,
  ...registryEvents,
  ...volumeEvents,
  ...templateEvents,
  ...only(clusterEvents, 'ZoneDataChanged'),
};
type Event = RecordedOf<typeof EVENTS>;

export function eventSentence(event: Recorded<AnyEvent>): string {
  return isOneOf(EVENTS, event) ? sentenceOf(event) : typeWords(event.type);
}

function sentenceOf(event: Event): string {
  switch (event.type) {
    case 'JobSubmitted':
      return `job ${event.data.jobId} was submitted`;
    case 'JobUpdated':
      return event.data.from === undefined
        ? `job ${event.data.jobId} was updated to version ${event.revision}`
        : `job ${event.data.jobId} was reverted to version ${event.data.from}, as version ${event.revision}`;
    case 'JobRestarted':
      return `job ${event.data.jobId} was restarted`;
    case 'JobStopped':
      return `job ${event.data.jobId} was stopped`;
    case 'JobDeleted':
      return `job ${event.data.jobId} was deleted`;
    case 'JobDeploymentStarted':
      return `the rollout of version ${event.revision - 1} of job ${event.data.jobId} began`;
    case 'JobDeploymentSettled':
      return `the rollout of version ${event.data.version} of job ${event.data.jobId} ${outcomeOf(event.data)}`;
    case 'AllocationPlaced':
      return `slot ${event.data.group}/${event.data.slot} of job ${event.data.jobId} was placed on node ${event.data.nodeId}`;
    case 'AllocationStopRequested':
      return `allocation ${event.data.allocationId} was asked to stop: ${stopSentence(event.data.reason, event.data)}`;
    case 'AllocationReleased':
      return `allocation ${event.data.allocationId} was released as ${event.data.outcome}${
        event.data.takenPort === undefined
          ? ''
          : `, because port ${event.data.takenPort} is taken on its node`
      }${
        event.data.retryAt === undefined
          ? ''
          : `; its slot may be filled again at ${time(event.data.retryAt)} or later`
      }`;
    case 'EvaluationBlocked':
      return `job ${event.data.jobId} has to wait: ${blockedSentence(event.data.reasons)}`;
    case 'EvaluationCompleted':
      return `no instance of job ${event.data.jobId} is waiting for a node`;
    case 'JobFinished':
      return `job ${event.data.jobId} finished as ${event.data.outcome}`;
    case 'AllocationStarted':
      return `allocation ${event.data.allocationId} started on node ${event.data.nodeId}`;
    case 'TaskStarted':
      return `task ${event.data.task} of allocation ${event.data.allocationId} started`;
    case 'TaskExited':
      return `task ${event.data.task} ${exitOf(event.data)}`;
    case 'TaskCommandStarted':
      return `a command was run in task ${event.data.task} of allocation ${event.data.allocationId}: ${event.data.command.map((word) => JSON.stringify(word)).join(' ')}${event.data.truncated === true ? ' …' : ''}`;
    case 'TaskCommandEnded':
      return event.data.exitCode === null
        ? `a command in task ${event.data.task} of allocation ${event.data.allocationId} ended without an exit code${because(event.data.problem ?? null)}`
        : `a command in task ${event.data.task} of allocation ${event.data.allocationId} exited with code ${event.data.exitCode}`;
    case 'TaskHealthChanged':
      return `task ${event.data.task} became ${event.data.healthy ? 'healthy' : 'unhealthy'}${because(event.data.message)}`;
    case 'AllocationCompleted':
      return `allocation ${event.data.allocationId} completed on node ${event.data.nodeId}${because(event.data.message)}`;
    case 'AllocationFailed':
      return `allocation ${event.data.allocationId} failed on node ${event.data.nodeId}${because(event.data.message)}`;
    case 'AllocationStopped':
      return `allocation ${event.data.allocationId} stopped on node ${event.data.nodeId}${because(event.data.message)}`;
    case 'AllocationLost':
      return `node ${event.data.nodeId} no longer has allocation ${event.data.allocationId}${because(event.data.reason)}`;
    case 'NodeRegistered':
      return `node ${event.data.nodeId} registered`;
    case 'NodeRegistrationRefused':
      return `a second agent with the id of node ${event.data.nodeId}, at ${event.data.address}, was refused: the node is the agent at ${event.data.holder}`;
    case 'NodeWentDown':
      return `node ${event.data.nodeId} went down${because(event.data.reason)}`;
    case 'NodeCameBack':
      return `node ${event.data.nodeId} came back`;
    case 'NodeRemoved':
      return `node ${event.data.nodeId} was removed${because(event.data.reason)}`;
    case 'NodeDrainStarted':
      return `node ${event.data.nodeId} began to drain`;
    case 'NodeDrainEnded':
      return `the drain of node ${event.data.nodeId} ended`;
    case 'NodeEligibilitySet':
      return `node ${event.data.nodeId} was set ${event.data.eligible ? 'eligible' : 'ineligible'} for placements`;
    case 'NodeHeartbeatReceived':
      return `node ${event.data.nodeId} reported that it is ${event.data.healthy ? 'healthy' : 'unhealthy'}`;
    case 'NodeCapacitySet':
      return `node ${event.data.nodeId} was admitted ${event.data.schedulable ? 'and accepts placements' : 'but does not accept placements'}`;
    default:
      return otherSentence(event);
  }
}

function otherSentence(event: Event): string {
  switch (event.type) {
    case 'TaskSlotDecided':
      return event.data.decision === 'run'
        ? `run ${event.data.run} of task ${event.data.taskId} was started for the slot at ${time(event.data.slot)}`
        : `${skippedWords(event.data)}: ${skipSentence(event.data.reason)}`;
    case 'TaskTriggered':
      return `run ${event.data.run} of task ${event.data.taskId} was requested`;
    case 'TaskRunRetried':
      return `run ${event.data.run} of task ${event.data.taskId} was retried (attempt ${event.data.attempt}) because the previous attempt ${event.data.after === 'timeout' ? 'exceeded its time limit' : event.data.after === 'lost' ? 'was lost with its node' : 'failed'}`;
    case 'TaskRunEnded':
      return `run ${event.data.run} of task ${event.data.taskId} ended as ${event.data.outcome}`;
    case 'TaskRunsCancelled':
      return `runs ${event.data.runs.join(', ')} of task ${event.data.taskId} were cancelled: ${event.data.reason}`;
    case 'GpuClaimed':
      return `claim ${event.data.claimId} of ${plural(event.data.gpuCount, 'GPU')} was created`;
    case 'GpuReleased':
      return `claim ${event.data.claimId} was released`;
    case 'GpuClaimEnded':
      return `claim ${event.data.claimId} ended: it ${event.data.outcome}`;
    case 'ServiceCreated':
      return `service ${event.data.name} was created`;
    case 'DeploymentRequested':
      return `deployment ${event.data.number} of version ${event.data.version} was requested (${event.data.because.replace('_', ' ')})`;
    case 'DeploymentSettled':
      return `deployment ${event.data.number} ${outcomeOf(event.data)}${
        event.data.revertedBy === undefined ? '' : `; deployment ${event.data.revertedBy} rolls it back`
      }`;
    case 'ServiceStopRequested':
      return event.data.because === undefined
        ? 'the service was asked to stop'
        : `the service was asked to stop because ${ownerEndWords(event.data.because)}`;
    case 'ServiceOwnerChanged':
      return `the service was handed to account ${event.data.ownerId} because ${ownerEndWords(event.data.because)}`;
    case 'ServiceFailed':
      return `the service failed${because(event.data.reason.message)}`;
    case 'ServiceRestarted':
      return 'the service was restarted';
    default:
      return ownedSentence(event);
  }
}

/** Describes the events of tasks and environments that do not concern a slot or a run. */
function ownedSentence(event: Event): string {
  switch (event.type) {
    case 'TaskCreated':
      return `task ${event.data.taskId} was created`;
    case 'TaskUpdated':
      return `task ${event.data.taskId} was updated`;
    case 'TaskStatusSet':
      return `task ${event.data.taskId} was set to ${event.data.status}${
        event.data.because === undefined ? '' : ` because ${ownerEndWords(event.data.because)}`
      }`;
    case 'TaskOwnerChanged':
      return `task ${event.data.taskId} was handed to account ${event.data.ownerId} because ${ownerEndWords(event.data.because)}`;
    case 'TaskDeleted':
      return `task ${event.data.taskId} was deleted`;
    case 'TaskChainDecided':
      return event.data.decision === 'run'
        ? `run ${event.data.run} of task ${event.data.taskId} was started because run ${event.data.after.run} of task ${event.data.after.taskId} ended`
        : `task ${event.data.taskId} did not run after run ${event.data.after.run} of task ${event.data.after.taskId}: ${skipSentence(event.data.reason)}`;
    case 'TaskBackfilled':
      return `${plural(event.data.slots.length, 'past slot')} of task ${event.data.taskId} ${event.data.slots.length === 1 ? 'was' : 'were'} backfilled, from run ${event.data.run} on`;
    case 'EnvironmentCreated':
      return `environment ${event.data.name} was created`;
    case 'EnvironmentRenamed':
      return `environment ${event.data.before} was renamed to ${event.data.name}`;
    case 'EnvironmentBuildRequested':
      return `build ${event.data.build} of the environment was requested (${event.data.plan === true ? 'plan only' : event.data.change.kind})`;
    case 'EnvironmentBuilt':
      return `build ${event.data.build} of the environment succeeded`;
    case 'EnvironmentPlanned':
      return `build ${event.data.build} of the environment was planned`;
    case 'EnvironmentBuildFailed':
      return `build ${event.data.build} of the environment failed: ${buildFailure(event.data)}`;
    case 'EnvironmentBuildCancelled':
      return `build ${event.data.build} of the environment was cancelled${
        event.data.because === undefined ? '' : ` because ${ownerEndWords(event.data.because)}`
      }`;
    case 'EnvironmentOwnerChanged':
      return `the environment was handed to account ${event.data.ownerId} because ${ownerEndWords(event.data.because)}`;
    case 'EnvironmentRolledBack':
      return `the environment was rolled back from generation ${event.data.before} to ${event.data.generation}`;
    case 'EnvironmentDeleted':
      return 'the environment was deleted';
    default:
      return catalogSentence(event);
  }
}

/** Describes the events of what work uses: secrets, credentials of registries, volumes and templates. */
function catalogSentence(event: Event): string {
  switch (event.type) {
    case 'SecretSet':
      return `secret ${event.data.name} was set`;
    case 'SecretRemoved':
      return `secret ${event.data.name} was removed`;
    case 'RegistryCredentialSet':
      return `the credential of registry ${event.data.host} was set`;
    case 'RegistryCredentialRemoved':
      return `the credential of registry ${event.data.host} was removed`;
    case 'VolumeTaken':
      return `volume ${event.data.name} was assigned to service ${event.data.serviceName}`;
    case 'VolumeLeft':
      return `volume ${event.data.name} is no longer in use`;
    case 'VolumeRebound':
      return `volume ${event.data.name} was bound to node ${event.data.node}`;
    case 'VolumeCopyStarted':
      return `a ${event.data.kind} of volume ${event.data.name} began on node ${event.data.node}`;
    case 'VolumeCopyEnded':
      return copyEndSentence(event.data);
    case 'VolumeDeleteAsked':
      return `the deletion of volume ${event.data.name} was requested`;
    case 'VolumeDeleted':
      return `volume ${event.data.name} was deleted`;
    case 'ServiceConfigured':
      return `version ${event.data.version} of the service was configured`;
    case 'TemplateCreated':
      return `template ${event.data.content.name} was created`;
    case 'TemplateUpdated':
      return `template ${event.data.changes.name ?? event.data.templateId} was updated`;
    case 'TemplateDeleted':
      return `template ${event.data.templateId} was deleted`;
    case 'ZoneDataChanged':
      return `schedules in time zones are decided with the time zone database ${event.data.version}${
        event.data.before === undefined ? '' : ` instead of ${event.data.before}`
      }${movedSentence(event.data)}`;
    default:
      return typeWords(event.type);
  }
}

function typeWords(type: string): string {
  return type.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

type CopyEnded = Extract<Event, { readonly type: 'VolumeCopyEnded' }>['data'];

function copyEndSentence({ kind, name, outcome, problem }: CopyEnded): string {
  const words = {
    complete: 'is complete',
    unchanged: 'failed and left it unchanged',
    incomplete: 'failed and left it incomplete',
    unknown: 'was not followed to its end',
  };
  return `the ${kind} of volume ${name} ${words[outcome]}${problem === undefined ? '' : `: ${problem}`}`;
}

const SHOWN_MOVED_TASKS = 5;

type ZoneDataChanged = Extract<Event, { readonly type: 'ZoneDataChanged' }>['data'];

function movedSentence({ moved }: ZoneDataChanged): string {
  if (moved === undefined) return '';
  if (moved.count === 0) return ', which moves no task';
  const tasks = moved.tasks
    .slice(0, SHOWN_MOVED_TASKS)
    .map(({ taskId, before, at }) => `${taskId} (${slotTime(before)} becomes ${slotTime(at)})`);
  const more = moved.count - tasks.length;
  return `, which moves ${plural(moved.count, 'task')}: ${tasks.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}

function slotTime(slot: number | null): string {
  return slot === null ? 'none' : time(slot);
}

type SkippedSlots = Extract<EventOf<'TaskSlotDecided'>['data'], { readonly decision: 'skipped' }>;

function skippedWords({ taskId, slot, until, count }: SkippedSlots): string {
  return until > slot
    ? `${count ?? 'many'} slots of task ${taskId} from ${time(slot)} to ${time(until)} were skipped`
    : `the slot of task ${taskId} at ${time(slot)} was skipped`;
}

const SKIPS: Readonly<Record<string, string>> = {
  paused: 'the task was paused',
  disabled: 'the task was disabled',
  forbidden: 'another run was still active, and the overlap policy of the task forbids a second one',
  missed:
    'no server was able to handle it when it was due, and the misfire policy of the task skips such slots',
  too_many: 'too many slots were due at the same time',
  not_permitted: 'the account of the task may not run processes',
  no_environment: 'the environment of the task has no usable build',
  over_quota: 'a quota was exhausted',
};

export function skipSentence(reason: string): string {
  return SKIPS[reason] ?? reason.replaceAll('_', ' ');
}

const BUILD_FAILURES: Readonly<Record<string, string>> = {
  solve: 'its packages could not be resolved',
  fetch: 'its packages could not be downloaded',
  install: 'its packages could not be installed',
  pip: 'pip could not install its packages',
  not_run: 'its job could not run',
  timeout: 'it exceeded its time limit',
  lost: 'its job was lost',
  no_room: 'the disk quota of the tenant was exhausted',
};
const PACKAGE_FAILURES: Readonly<Record<string, string>> = {
  not_found: 'not found',
  conflict: 'conflicting',
  not_installed: 'not installed',
  broken: 'could not be installed',
};

interface FailedBuild {
  readonly step: string;
  readonly failed: readonly { readonly name: string; readonly why: string }[];
}

/** Returns why a build failed, and which packages caused it. */
export function buildFailure({ step, failed }: FailedBuild): string {
  const words = BUILD_FAILURES[step] ?? step.replaceAll('_', ' ');
  const packages = failed.map(({ name, why }) => `${name} (${PACKAGE_FAILURES[why] ?? why})`);
  return packages.length === 0 ? words : `${words}: ${packages.join(', ')}`;
}

interface Settled {
  readonly outcome: string;
  readonly reason: { readonly code: string; readonly message: string };
}

export function outcomeOf({ outcome, reason }: Settled): string {
  const why = reason.message === '' ? reason.code : reason.message;
  return outcome === 'completed'
    ? 'completed'
    : outcome === 'cancelled'
      ? `was cancelled (${why})`
      : `failed (${why})`;
}

interface Exit {
  readonly status: string;
  readonly exitCode: number | null;
  readonly error: string | null;
  readonly message: string | null;
}

export function exitOf({ status, exitCode, error, message }: Exit): string {
  const text = message ?? error;
  // Most messages of agents contain the exit code.
  const isTold = text?.includes(`code ${exitCode}`) === true;
  const code = exitCode === null || isTold ? '' : ` with exit code ${exitCode}`;
  const word = status === 'complete' ? 'completed' : status;
  return `${word}${code}${because(text)}`;
}

function because(message: string | null): string {
  return message === null || message === '' ? '' : `: ${message}`;
}

export function time(at: number): string {
  return new Date(at).toISOString();
}
