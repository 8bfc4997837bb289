import { assertNever, MusterError } from '../../kernel/errors/index.js';
import type { Decider, Recorded } from '../../kernel/event/index.js';
import type { JobArchive } from './archive.js';
import type { JobCommand } from './commands.js';
import type { JobDeploymentReason } from './deployment.js';
import { evolveRollout, opened, rolledOut, sameWork, type JobRollout } from './rollout.js';
import type { JobEvent, JobOwner } from './events.js';
import { boundAnew, staysInPlace } from './in-place.js';
import { groupNamed, type JobSpecification } from './specification.js';
import { withCount } from './with-count.js';

export type JobState =
  | { readonly kind: 'absent'; readonly deleted?: true; readonly stopped?: true }
  | {
      readonly kind: 'present';
      readonly version: number;
      readonly first: number;
      readonly asked: string;
      readonly specification: JobSpecification;
      readonly owner?: JobOwner;
      readonly stopped: boolean;
      readonly rollout?: JobRollout;
      readonly stable?: number;
    }
  | {
      readonly kind: 'archived';
      readonly first: number;
      readonly asked: string;
      readonly specification: JobSpecification;
      readonly owner?: JobOwner;
      readonly archive: JobArchive;
      readonly at: number;
    };

/**
 * Throws `MUSTER_E_JOB_NOT_FOUND`, `MUSTER_E_JOB_NOT_STOPPED`, `MUSTER_E_JOB_ARCHIVED`, `MUSTER_E_JOB_VERSION_NOT_FOUND` or
 * `MUSTER_E_JOB_VERSION_PRESENT`, and `MUSTER_E_INVALID` for a group or count that the job cannot have.
 */
export const jobDecider: Decider<JobCommand, JobEvent, JobState> = {
  initialState: { kind: 'absent' },
  decide,
  evolve,
};

function decide(command: JobCommand, state: JobState): readonly JobEvent[] {
  if (command.kind === 'archive') {
    const { archive } = command;
    const ended =
      state.kind === 'present' &&
      state.version === archive.version &&
      state.stopped === (archive.status === 'dead');
    return ended && state.rollout?.outcome !== null ? [{ type: 'JobArchived', data: archive }] : [];
  }
  if (command.kind === 'advanceDeployment' || command.kind === 'settleDeployment')
    return ofDeployment(command, state);
  if (command.kind === 'endWithoutStream') return endedWithoutStream(command, state);
  switch (state.kind) {
    case 'absent':
      return ofAbsent(command, state);
    case 'present':
      return ofPresent(command, state);
    case 'archived':
      return ofArchived(command, state);
    default:
      return assertNever(state);
  }
}

type OfDeployment = Extract<JobCommand, { kind: 'advanceDeployment' | 'settleDeployment' }>;
type EndWithoutStream = Extract<JobCommand, { kind: 'endWithoutStream' }>;
type Asked = Exclude<JobCommand, { kind: 'archive' } | OfDeployment | EndWithoutStream>;
type Of<Kind extends JobState['kind']> = Extract<JobState, { kind: Kind }>;

function ofAbsent(command: Asked, state: Of<'absent'>): readonly JobEvent[] {
  if (command.kind !== 'submit' && command.kind !== 'begin') throw new MusterError('MUSTER_E_JOB_NOT_FOUND');
  if (command.kind === 'begin' && state.deleted === true) return [];
  return submitted(command, command.owner);
}

function ofPresent(command: Asked, state: Of<'present'>): readonly JobEvent[] {
  const { jobId, evaluationId } = command;
  const owned = state.owner === undefined ? {} : { owner: state.owner };
  switch (command.kind) {
    case 'begin':
      return [];
    case 'submit':
    case 'update':
      if (command.kind === 'update' && isOvertaken(command, state.asked, state.stopped)) return [];
      return specified(
        {
          type: 'JobUpdated',
          data: {
            jobId,
            evaluationId,
            specification: command.specification,
            ...owned,
            ...completedIn(state, command.specification, command.completeVersion),
            ...fulfilledIn(state, command.specification, command.fulfilled),
          },
        },
        state,
      );
    case 'revert':
      return specified(reverted(command, state), state);
    case 'scale':
      return specified(scaled(command, state), state);
    case 'stop':
      return state.stopped
        ? []
        : [
            ...cancelled(state, jobId, 'stopped', 'The job was stopped.'),
            { type: 'JobStopped', data: { jobId, evaluationId } },
          ];
    case 'restart':
      if (!state.stopped && command.endedVersion !== state.version)
        throw new MusterError('MUSTER_E_JOB_NOT_STOPPED');
      return specified(
        { type: 'JobRestarted', data: { jobId, evaluationId, specification: state.specification, ...owned } },
        state,
      );
    case 'delete':
      return [
        ...cancelled(state, jobId, 'deleted', 'The job was deleted.'),
        { type: 'JobDeleted', data: { jobId, evaluationId } },
      ];
    default:
      return assertNever(command);
  }
}

function endedWithoutStream(
  { as, jobId, evaluationId }: EndWithoutStream,
  state: JobState,
): readonly JobEvent[] {
  if (state.kind !== 'absent' || state.deleted === true) return [];
  if (as === 'delete') return [{ type: 'JobDeleted', data: { jobId, evaluationId } }];
  return state.stopped === true ? [] : [{ type: 'JobStopped', data: { jobId, evaluationId } }];
}

/** Returns which instances of a complete job a new specification keeps: those of groups whose work is the same. */
export function completedIn(
  state: JobState,
  after: JobSpecification,
  completeVersion: number | undefined,
): { readonly completed?: Record<string, number> } {
  if (state.kind !== 'present' || state.stopped || state.version !== completeVersion) return {};
  const { specification: before } = state;
  const kept = after.task_groups
    .filter(({ name }) => staysInPlace(name, before, after))
    .map(({ name, count = 1 }): [string, number] => {
      const former = groupNamed(before.task_groups, name);
      return [name, Math.min(former?.count ?? 1, count)];
    });
  return { completed: Object.fromEntries(kept) };
}

/** Returns which of the fulfilled groups stay in place although their constraints change. */
export function fulfilledIn(
  state: JobState,
  after: JobSpecification,
  fulfilled: readonly string[] = [],
): { readonly fulfilled?: string[] } {
  if (state.kind !== 'present' || state.stopped || fulfilled.length === 0) return {};
  const kept = boundAnew(state.specification, after).filter((name) => fulfilled.includes(name));
  return kept.length === 0 ? {} : { fulfilled: kept };
}

function isOvertaken(
  { instead, unlessStopped }: Extract<Asked, { kind: 'update' }>,
  asked: string | null,
  isStopped: boolean,
): boolean {
  return (instead !== undefined && instead !== asked) || (unlessStopped === true && isStopped);
}

function reverted(
  {
    jobId,
    evaluationId,
    version,
    former,
    completeVersion,
    fulfilled,
  }: Omit<Extract<Asked, { kind: 'revert' }>, 'kind'>,
  state: Of<'present'>,
): JobEventOf<'JobUpdated'> {
  if (version === state.version) throw new MusterError('MUSTER_E_JOB_VERSION_PRESENT', { jobId, version });
  if (former === undefined || version < state.first)
    throw new MusterError('MUSTER_E_JOB_VERSION_NOT_FOUND', { jobId, version });
  return {
    type: 'JobUpdated',
    data: {
      jobId,
      evaluationId,
      specification: former,
      ...(state.owner && { owner: state.owner }),
      from: version,
      ...completedIn(state, former, completeVersion),
      ...fulfilledIn(state, former, fulfilled),
    },
  };
}

function scaled(
  { jobId, evaluationId, group, count, completeVersion }: Extract<Asked, { kind: 'scale' }>,
  state: Of<'present'>,
): JobEventOf<'JobUpdated'> {
  const specification = withCount(state.specification, count, group);
  return {
    type: 'JobUpdated',
    data: {
      jobId,
      evaluationId,
      specification,
      ...(state.owner && { owner: state.owner }),
      ...completedIn(state, specification, completeVersion),
    },
  };
}

/** An archived job can be submitted again. Owners do not check whether it is archived, so an owner's update is treated as a submission. */
function ofArchived(command: Asked, { asked, owner, archive }: Of<'archived'>): readonly JobEvent[] {
  const { jobId, evaluationId } = command;
  switch (command.kind) {
    case 'begin':
      return [];
    case 'submit':
      return submitted(command, command.owner);
    case 'update':
      if (owner === undefined) break;
      return isOvertaken(command, asked, archive.status === 'dead') ? [] : submitted(command, owner);
    case 'delete':
      return [{ type: 'JobDeleted', data: { jobId, evaluationId } }];
    case 'stop':
    case 'restart':
    case 'revert':
    case 'scale':
      break;
    default:
      return assertNever(command);
  }
  throw new MusterError('MUSTER_E_JOB_ARCHIVED', { jobId });
}

function submitted(
  { jobId, evaluationId, specification }: Extract<Asked, { readonly specification: JobSpecification }>,
  owner: JobOwner | undefined,
): readonly JobEvent[] {
  return specified(
    { type: 'JobSubmitted', data: { jobId, evaluationId, specification, ...(owner && { owner }) } },
    undefined,
  );
}

type JobEventOf<Type extends JobEvent['type']> = Extract<JobEvent, { type: Type }>;

function specified(
  event: JobEventOf<'JobSubmitted' | 'JobUpdated' | 'JobRestarted'>,
  state: Of<'present'> | undefined,
  reverts?: number,
): readonly JobEvent[] {
  const { jobId, specification, owner } = event.data;
  const keeps = state !== undefined && event.type === 'JobUpdated' && !state.stopped;
  const groups =
    owner === undefined
      ? rolledOut(specification, keeps ? { ...state, fulfilled: event.data.fulfilled } : undefined)
      : [];
  const before =
    state === undefined ? [] : cancelled(state, jobId, 'superseded', 'A newer version replaced it.');
  if (groups.length === 0) return [...before, event];
  const former = state?.stable ?? null;
  return [
    ...before,
    event,
    {
      type: 'JobDeploymentStarted',
      data: { jobId, groups, former, ...(reverts !== undefined && { reverts }) },
    },
  ];
}

function cancelled(
  state: Of<'present'>,
  jobId: string,
  code: JobDeploymentReason['code'],
  message: string,
): readonly JobEvent[] {
  return state.rollout?.outcome === null
    ? [settled(state.rollout, jobId, 'cancelled', { code, message })]
    : [];
}

function settled(
  { version }: JobRollout,
  jobId: string,
  outcome: 'completed' | 'failed' | 'cancelled',
  reason: JobDeploymentReason,
): JobEvent {
  return { type: 'JobDeploymentSettled', data: { jobId, version, outcome, reason } };
}

function ofDeployment(command: OfDeployment, state: JobState): readonly JobEvent[] {
  const rollout = state.kind === 'present' && !state.stopped ? state.rollout : undefined;
  if (state.kind !== 'present' || rollout?.version !== command.version || rollout.outcome !== null) return [];
  const { jobId, version } = command;
  if (command.kind === 'advanceDeployment') {
    const groups = opened(rollout, command.healthy);
    return groups.length === 0 ? [] : [{ type: 'JobDeploymentAdvanced', data: { jobId, version, groups } }];
  }
  const { outcome, reason } = command;
  const end = settled(rollout, jobId, outcome, reason);
  return outcome === 'completed' ? [end] : [end, ...rolledBack(command, rollout, state)];
}

/** Rolls back once: a rollback is never itself rolled back. */
function rolledBack(
  { jobId, evaluationId, failed, former }: Extract<OfDeployment, { kind: 'settleDeployment' }>,
  rollout: JobRollout,
  state: Of<'present'>,
): readonly JobEvent[] {
  const reverts = rollout.groups.find(({ name }) => name === failed)?.autoRevert === true;
  if (!reverts || rollout.former === null || rollout.reverts !== undefined) return [];
  if (former === undefined || sameWork(former, state.specification)) return [];
  const again = reverted({ jobId, evaluationId, version: rollout.former, former }, state);
  return specified(again, { ...state, rollout: { ...rollout, outcome: 'failed' } }, rollout.version);
}

function evolve(state: JobState, event: Recorded<JobEvent>): JobState {
  if (state.kind === 'absent' && event.type !== 'JobSubmitted') return endedAbsent(state, event);
  switch (event.type) {
    case 'JobSubmitted':
    case 'JobUpdated':
    case 'JobRestarted': {
      const { evaluationId, specification, owner } = event.data;
      const first = event.type === 'JobSubmitted' || state.kind === 'absent' ? event.revision : state.first;
      const stable =
        event.type === 'JobSubmitted' || state.kind !== 'present' ? undefined : stableAfter(state, event);
      return {
        kind: 'present',
        version: event.revision,
        first,
        asked: evaluationId,
        specification,
        stopped: false,
        ...(owner && { owner }),
        ...(stable !== undefined && { stable }),
      };
    }
    case 'JobDeploymentStarted':
    case 'JobDeploymentAdvanced':
    case 'JobDeploymentSettled': {
      if (state.kind !== 'present') return state;
      const { rollout: _former, stable: _stable, ...rest } = state;
      const rollout = evolveRollout(state.rollout, state.version, event);
      const stable =
        rollout === undefined
          ? state.stable
          : rollout.outcome === 'completed'
            ? rollout.version
            : (rollout.former ?? undefined);
      return { ...rest, ...(rollout && { rollout }), ...(stable !== undefined && { stable }) };
    }
    case 'JobStopped':
      return state.kind === 'present' ? { ...state, stopped: true } : state;
    case 'JobDeleted':
      return { kind: 'absent', deleted: true };
    case 'JobArchived': {
      if (state.kind !== 'present') return state;
      const { first, asked, specification, owner } = state;
      return {
        kind: 'archived',
        first,
        asked,
        specification,
        ...(owner && { owner }),
        archive: event.data,
        at: event.metadata.at,
      };
    }
    default:
      return assertNever(event);
  }
}

/** Of a job that was ended without its stream. */
function endedAbsent(state: Of<'absent'>, { type }: JobEvent): JobState {
  if (type === 'JobDeleted') return { kind: 'absent', deleted: true };
  return type === 'JobStopped' ? { ...state, stopped: true } : state;
}

function stableAfter(
  { stable, version, specification }: Of<'present'>,
  event: Recorded<JobEventOf<'JobUpdated' | 'JobRestarted'>>,
): number | undefined {
  const fulfilled = event.type === 'JobUpdated' ? event.data.fulfilled : undefined;
  const isSame = sameWork(specification, event.data.specification, fulfilled);
  return stable === version && isSame ? event.revision : stable;
}
