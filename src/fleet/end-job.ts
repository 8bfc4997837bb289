import { jobs } from '#domain/jobs/job/aggregate.js';
import { endedJobId } from '#domain/jobs/job/commands.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { CommandContext, CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { isCut } from '#src/engine/event-store/index.js';

export interface JobEnd {
  readonly as: 'stop' | 'delete';
  readonly jobId: string;
  readonly evaluationId: string;
}

export interface EndedJob {
  readonly position: bigint | undefined;
  /** Says what the store has lost of the job's stream. Undefined if the stream is whole. */
  readonly missing: string | undefined;
}

/**
 * Stops or deletes a job. If another program has deleted or truncated its stream, the end is recorded in another stream, because what runs must end.
 * `known`: what the read models know of the job.
 */
export async function endJob(
  executor: Pick<CommandExecutor, 'execute' | 'load'>,
  { as, jobId, evaluationId }: JobEnd,
  known: () => Promise<{ readonly version: number } | undefined>,
  context: CommandContext,
): Promise<EndedJob> {
  try {
    const { position } = await executor.execute(jobs, jobId, { kind: as, jobId, evaluationId }, context);
    return { position, missing: undefined };
  } catch (error) {
    const job = isCut(error) || isMusterError(error, 'MUSTER_E_JOB_NOT_FOUND') ? await known() : undefined;
    if (job === undefined) throw error;
    const missing = isCut(error) ? error.message : await missingOf(executor, jobId);
    if (missing === undefined) throw error;
    const end = { kind: 'endWithoutStream', as, jobId, evaluationId } as const;
    const { position } = await executor.execute(jobs, endedJobId(jobId, job.version), end, context);
    return { position, missing };
  }
}

/** Undefined if the stream itself says that the job was deleted. */
async function missingOf(
  executor: Pick<CommandExecutor, 'load'>,
  jobId: string,
): Promise<string | undefined> {
  const state = await executor.load(jobs, jobId);
  return state.kind === 'absent' && state.deleted !== true
    ? `stream ${jobs.stream(jobId)} was deleted or truncated`
    : undefined;
}
