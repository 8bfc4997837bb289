import { jobs } from '#domain/jobs/job/aggregate.js';
import { assertNever, isMusterError } from '#domain/kernel/errors/index.js';
import type { JobCommand } from '#domain/jobs/job/commands.js';
import type { JobState } from '#domain/jobs/job/decider.js';
import {
  evaluationOf,
  stepOf,
  type JobProgress,
  type DesiredJob,
  type WorkItem,
  type WorkStep,
  type WorkView,
} from '#domain/work/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import type { CommandContext, CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { isCut } from '#src/engine/event-store/index.js';
import { endJob } from '../end-job.js';
import { causeByJob, causeOf } from './cause.js';
import type { AnyOwnedWork } from './owned-work.js';

export interface SettleParts {
  readonly executor: CommandExecutor;
  readonly eventStore: Pick<EventStore, 'readStream'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Ids;
}

export interface Settled {
  readonly position: bigint | undefined;
  readonly steps: readonly ('settle' | WorkStep)[];
}

/** Decides one item again from the current streams, and acts. Concurrent servers do not append duplicate events. */
export async function settle(
  work: AnyOwnedWork,
  document: unknown,
  parts: SettleParts,
  toleranceMs?: number,
): Promise<Settled> {
  const { executor, eventStore, clock, ids } = parts;
  const item = work.item(document);
  const commandId = ids.uuid();
  // The cause is read only if there is a command, because most checked items do not need one.
  const contextBy = async (byJob: boolean): Promise<CommandContext> => {
    const cause = await causeOf(work, document, item, eventStore);
    return {
      commandId,
      repeatable: false,
      bodyDigest: '',
      ...(byJob ? causeByJob(cause, item, work.view(document)) : cause),
      actor: `saga:${work.name}`,
      surface: work.surface,
    };
  };
  let state = await executor.load(work.aggregate, item.stream);
  let position: bigint | undefined;
  const steps: ('settle' | WorkStep)[] = [];
  const command = await work.settle(state, document, clock.now(), toleranceMs);
  if (command !== undefined) {
    const told = await executor.execute(work.aggregate, item.stream, command, await contextBy(true));
    state = told.state;
    position = told.position;
    if (position !== undefined) steps.push('settle');
  }
  const want = work.want(state, document);
  const done =
    want === undefined
      ? undefined
      : await ofJob(
          item,
          want,
          work.view(document),
          () => work.job(state, document),
          executor,
          () => contextBy(false),
        );
  if (done === undefined) return { position, steps };
  return { position: done.position, steps: [...steps, done.step] };
}

async function ofJob(
  item: WorkItem,
  want: DesiredJob,
  view: WorkView,
  job: () => ReturnType<AnyOwnedWork['job']>,
  executor: CommandExecutor,
  context: () => Promise<CommandContext>,
): Promise<{ readonly step: WorkStep; readonly position: bigint } | undefined> {
  const { jobId } = item;
  // A job that the view does not show most likely does not exist, so reading its stream first would be a waste. Its decider creates it only once.
  const fresh = want.kind === 'run' && view.job === 'none';
  const standing = fresh ? undefined : await standingNow(executor, jobId, view);
  const step = standing === undefined ? 'begin' : stepOf(jobId, want, standing);
  const command =
    step === undefined
      ? undefined
      : await commandOf(step, jobId, want, { asked: standing?.asked ?? null, view }, job);
  if (step === undefined || command === undefined) return undefined;
  try {
    const { position } =
      command.kind === 'stop' || command.kind === 'delete'
        ? await endJob(
            executor,
            { ...command, as: command.kind },
            () => Promise.resolve(view),
            await context(),
          )
        : await executor.execute(jobs, jobId, command, await context(), { fresh });
    return position === undefined ? undefined : { step, position };
  } catch (error) {
    // Another server was first, and the job is already forgotten.
    if (isMusterError(error, 'MUSTER_E_JOB_NOT_FOUND')) return undefined;
    throw error;
  }
}

async function commandOf(
  step: WorkStep,
  jobId: string,
  want: DesiredJob,
  { asked, view }: { readonly asked: string | null; readonly view: WorkView },
  job: () => ReturnType<AnyOwnedWork['job']>,
): Promise<JobCommand | undefined> {
  switch (step) {
    case 'begin':
    case 'update': {
      const wanted = await job();
      if (wanted === undefined) return undefined;
      const evaluationId = evaluationOf(jobId, {
        to: 'be',
        version: want.kind === 'run' ? want.version : undefined,
      });
      const { specification, owner } = wanted;
      if (step === 'begin') return { kind: 'begin', jobId, evaluationId, specification, owner };
      // If the job was stopped in the meantime, its owner may require something else. The next check decides, once the read model shows the stop.
      const unlessStopped = view.job === 'begun' && { unlessStopped: true as const };
      return {
        kind: 'update',
        jobId,
        evaluationId,
        specification,
        ...(asked !== null && { instead: asked }),
        ...unlessStopped,
      };
    }
    case 'stop':
      return { kind: 'stop', jobId, evaluationId: evaluationOf(jobId, { to: 'stop' }) };
    case 'forget':
      return { kind: 'delete', jobId, evaluationId: evaluationOf(jobId, { to: 'forget' }) };
    default:
      return assertNever(step);
  }
}

/** If the stream of the job was deleted or truncated, what was folded of it counts. */
async function standingNow(executor: CommandExecutor, jobId: string, view: WorkView): Promise<JobProgress> {
  const folded = { job: view.job, asked: null, ended: view.finished !== null };
  try {
    const state = await executor.load(jobs, jobId);
    const isLost = state.kind === 'absent' && state.deleted !== true && view.job !== 'none';
    return isLost ? folded : standingOf(state, view);
  } catch (error) {
    if (!isCut(error)) throw error;
    return folded;
  }
}

function standingOf(state: JobState, { finished, version }: WorkView): JobProgress {
  if (state.kind === 'absent')
    return { job: state.deleted === true ? 'forgotten' : 'none', asked: null, ended: false };
  if (state.kind === 'archived')
    return { job: state.archive.status === 'dead' ? 'stopped' : 'begun', asked: state.asked, ended: true };
  return {
    job: state.stopped ? 'stopped' : 'begun',
    asked: state.asked,
    ended: finished !== null && version >= state.version,
  };
}
