import { assertNever, MusterError } from '../errors/index.js';
import type { Decider, Recorded } from '../event/index.js';
import type { JobArchive } from './archive.js';
import type { JobEvent, JobOwner } from './events.js';
import type { JobSpecification } from './specification.js';

/** What may be asked of a job. The evaluation id is made by the one who asks, so that its retry finds the same one. */
export type JobCommand =
  /** Begins the job, or changes one that exists; a dead one starts again. */
  | { readonly kind: 'submit'; readonly jobId: string; readonly evaluationId: string; readonly specification: JobSpecification; readonly owner?: JobOwner }
  /** Begins a job that its owner asks for, once: one that is there stays as it is, and one that was deleted stays so. */
  | { readonly kind: 'begin'; readonly jobId: string; readonly evaluationId: string; readonly specification: JobSpecification; readonly owner: JobOwner }
  /** Changes one that exists; a dead one starts again. `instead`: only while it is what that evaluation asked it to be. */
  | { readonly kind: 'update'; readonly jobId: string; readonly evaluationId: string; readonly specification: JobSpecification; readonly instead?: string }
  /** Makes it what it was. `former`: what its stream holds as that version; absent: nothing. */
  | {
      readonly kind: 'revert';
      readonly jobId: string;
      readonly evaluationId: string;
      readonly version: number;
      readonly former?: JobSpecification | undefined;
    }
  | { readonly kind: 'stop'; readonly jobId: string; readonly evaluationId: string }
  | {
      readonly kind: 'restart';
      readonly jobId: string;
      readonly evaluationId: string;
      /** The version that the read model shows as complete or failed: the plan log knows that, the job's own stream does not. */
      readonly endedVersion?: number;
    }
  | { readonly kind: 'delete'; readonly jobId: string; readonly evaluationId: string }
  /** Nobody looks at it any more: it leaves the read models. Only while it is the version that ended. */
  | { readonly kind: 'archive'; readonly archive: JobArchive };

export type JobState =
  /** `deleted`: there was one. */
  | { readonly kind: 'absent'; readonly deleted?: true }
  | {
      readonly kind: 'present';
      /** Revision of the event that holds the specification. */
      readonly version: number;
      /** Revision of its submission: its first version. */
      readonly first: number;
      /** The evaluation of that event. */
      readonly asked: string;
      readonly specification: JobSpecification;
      readonly owner?: JobOwner;
      /** A user stopped it: the job is dead. */
      readonly stopped: boolean;
    }
  | {
      readonly kind: 'archived';
      readonly first: number;
      /** What it was asked to be last, by which evaluation, and by whom. */
      readonly asked: string;
      readonly specification: JobSpecification;
      readonly owner?: JobOwner;
      readonly archive: JobArchive;
      /** Milliseconds since the epoch. */
      readonly at: number;
    };

/** A job as its commands see it. Errors: `MUSTER_E_JOB_NOT_FOUND`, `MUSTER_E_JOB_NOT_STOPPED`, `MUSTER_E_JOB_ARCHIVED`, `MUSTER_E_JOB_VERSION_NOT_FOUND`, `MUSTER_E_JOB_VERSION_PRESENT`. */
export const jobDecider: Decider<JobCommand, JobEvent, JobState> = {
  initialState: { kind: 'absent' },
  decide,
  evolve,
};

function decide(command: JobCommand, state: JobState): readonly JobEvent[] {
  if (command.kind === 'archive') {
    const { archive } = command;
    const ended = state.kind === 'present' && state.version === archive.version && state.stopped === (archive.status === 'dead');
    return ended ? [{ type: 'JobArchived', data: archive }] : [];
  }
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

/** What users and owners ask. */
type Asked = Exclude<JobCommand, { kind: 'archive' }>;
type Of<Kind extends JobState['kind']> = Extract<JobState, { kind: Kind }>;

function ofAbsent(command: Asked, state: Of<'absent'>): readonly JobEvent[] {
  if (command.kind !== 'submit' && command.kind !== 'begin') throw new MusterError('MUSTER_E_JOB_NOT_FOUND');
  if (command.kind === 'begin' && state.deleted === true) return [];
  return [submitted(command, command.owner)];
}

function ofPresent(command: Asked, state: Of<'present'>): readonly JobEvent[] {
  const { jobId, evaluationId } = command;
  const owned = state.owner === undefined ? {} : { owner: state.owner };
  switch (command.kind) {
    case 'begin':
      return [];
    case 'submit':
    case 'update':
      if (command.kind === 'update' && command.instead !== undefined && command.instead !== state.asked) return [];
      return [{ type: 'JobUpdated', data: { jobId, evaluationId, specification: command.specification, ...owned } }];
    case 'revert':
      return [reverted(command, state)];
    case 'stop':
      return state.stopped ? [] : [{ type: 'JobStopped', data: { jobId, evaluationId } }];
    case 'restart':
      if (!state.stopped && command.endedVersion !== state.version) throw new MusterError('MUSTER_E_JOB_NOT_STOPPED');
      return [{ type: 'JobRestarted', data: { jobId, evaluationId, specification: state.specification, ...owned } }];
    case 'delete':
      return [{ type: 'JobDeleted', data: { jobId, evaluationId } }];
    default:
      return assertNever(command);
  }
}

/** A version of a life that was deleted, or cleared away, is none of this one. */
function reverted({ jobId, evaluationId, version, former }: Extract<Asked, { kind: 'revert' }>, state: Of<'present'>): JobEvent {
  if (version === state.version) throw new MusterError('MUSTER_E_JOB_VERSION_PRESENT', { jobId, version });
  if (former === undefined || version < state.first) throw new MusterError('MUSTER_E_JOB_VERSION_NOT_FOUND', { jobId, version });
  return { type: 'JobUpdated', data: { jobId, evaluationId, specification: former, ...(state.owner && { owner: state.owner }), from: version } };
}

/** It has ended for good. Who submits its id begins another life; its owner, who knows of no archive, does so by a change. */
function ofArchived(command: Asked, { asked, owner }: Of<'archived'>): readonly JobEvent[] {
  const { jobId, evaluationId } = command;
  switch (command.kind) {
    case 'begin':
      return [];
    case 'submit':
      return [submitted(command, command.owner)];
    case 'update':
      if (owner === undefined) break;
      return command.instead !== undefined && command.instead !== asked ? [] : [submitted(command, owner)];
    case 'delete':
      return [{ type: 'JobDeleted', data: { jobId, evaluationId } }];
    case 'stop':
    case 'restart':
    case 'revert':
      break;
    default:
      return assertNever(command);
  }
  throw new MusterError('MUSTER_E_JOB_ARCHIVED', { jobId });
}

function submitted(
  { jobId, evaluationId, specification }: Extract<Asked, { readonly specification: JobSpecification }>,
  owner: JobOwner | undefined,
): JobEvent {
  return { type: 'JobSubmitted', data: { jobId, evaluationId, specification, ...(owner && { owner }) } };
}

/** A change of a job that is absent counts for nothing: a clear in another process can come between a decision and its append. */
function evolve(state: JobState, event: Recorded<JobEvent>): JobState {
  if (state.kind === 'absent' && event.type !== 'JobSubmitted') return state;
  switch (event.type) {
    case 'JobSubmitted':
    case 'JobUpdated':
    case 'JobRestarted': {
      const { evaluationId, specification, owner } = event.data;
      const first = event.type === 'JobSubmitted' || state.kind === 'absent' ? event.revision : state.first;
      return { kind: 'present', version: event.revision, first, asked: evaluationId, specification, stopped: false, ...(owner && { owner }) };
    }
    case 'JobStopped':
      return state.kind === 'present' ? { ...state, stopped: true } : state;
    case 'JobDeleted':
      return { kind: 'absent', deleted: true };
    case 'JobArchived': {
      if (state.kind !== 'present') return state;
      const { first, asked, specification, owner } = state;
      return { kind: 'archived', first, asked, specification, ...(owner && { owner }), archive: event.data, at: event.metadata.at };
    }
    default:
      return assertNever(event);
  }
}
