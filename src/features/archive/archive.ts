import pLimit from 'p-limit';
import type { Logger } from 'pino';
import { untilAborted } from '#agents/platform/clock/until-aborted.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { jobs } from '#domain/jobs/job/aggregate.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { CommandContext, CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { endedAt, jobs as jobModel, type JobDocument } from '#projections/jobs/jobs.js';
import { archiveOf } from './read-ended.js';

export interface ArchiveOptions {
  readonly executor: Pick<CommandExecutor, 'execute'>;
  readonly readModels: ReadModels;
  /** Resolves once the read models have caught up with the log. No job is archived before that. */
  readonly ready?: Promise<void>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** How long after its end a job is archived, in milliseconds. */
  readonly afterMs: number;
  /** Maximum number of jobs per batch. The loop pauses between batches, so that archiving an old log does not slow down running work. @default 100 */
  readonly batch?: number;
  readonly mayArchive?: () => boolean;
}

export interface ArchiveStatus {
  readonly archived: number;
  readonly failures: number;
  readonly held: number;
}

export interface Archive {
  status(): ArchiveStatus;
  stop(): Promise<void>;
}

const BATCH = 100;
const MAX_INTERVAL_MS = 60_000;
const LEAST_MS = 1_000;
const BATCH_PAUSE_MS = 250;
const APPEND_CONCURRENCY = 8;
/** Timeout for the read models, in milliseconds, so that the next check does not find jobs that are already archived. */
const MODELS_TIMEOUT_MS = 2_000;

/** Archives jobs that ended long ago, oldest first. Each decision is made on the job's own stream, at the revision that was read. */
export function startArchive(options: ArchiveOptions): Archive {
  return new ArchiveLoop(options);
}

class ArchiveLoop implements Archive {
  readonly #options: ArchiveOptions;
  readonly #everyMs: number;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  readonly #calls = pLimit(APPEND_CONCURRENCY);
  readonly #held = new Set<string>();
  #hasMore = false;
  #archived = 0;
  #failures = 0;

  constructor(options: ArchiveOptions) {
    this.#options = options;
    this.#everyMs = Math.min(MAX_INTERVAL_MS, Math.max(LEAST_MS, options.afterMs));
    this.#running = this.#run();
  }

  status(): ArchiveStatus {
    return { archived: this.#archived, failures: this.#failures, held: this.#held.size };
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, logger, ready, mayArchive = () => true } = this.#options;
    const { signal } = this.#stopping;
    if (ready !== undefined) await Promise.race([ready.catch(() => undefined), untilAborted(signal)]);
    while (!signal.aborted) {
      let pause = this.#everyMs;
      try {
        if (mayArchive()) pause = await this.#look();
      } catch (error) {
        // The check is repeated. The health monitor reports an unreachable store.
        this.#failures += 1;
        logger.warn({
          code: 'archive.failed',
          problem: error instanceof Error ? error.message : String(error),
        });
      }
      if (!signal.aborted) await clock.sleep(pause, signal);
    }
  }

  async #look(): Promise<number> {
    const { clock, batch = BATCH, afterMs } = this.#options;
    const due: JobDocument[] = [];
    let pause = this.#everyMs;
    if (!this.#hasMore) this.#held.clear();
    this.#hasMore = false;
    pages: for await (const page of this.#options.readModels.list(jobModel.name, { by: 'ended' })) {
      for (const { json } of page) {
        const job = JSON.parse(json) as JobDocument;
        const left = (endedAt(job) ?? Number.POSITIVE_INFINITY) + afterMs - clock.now();
        if (left > 0) {
          pause = Math.min(pause, left);
          break pages;
        }
        if (this.#held.has(job.jobId)) continue;
        due.push(job);
        if (due.length === batch) break pages;
      }
    }
    const settled = await Promise.allSettled(due.map((job) => this.#calls(() => this.#archive(job))));
    const positions = settled.flatMap((each) => (each.status === 'fulfilled' ? (each.value ?? []) : []));
    this.#archived += positions.length;
    const newest = positions.reduce((a, b) => (a > b ? a : b), -1n);
    if (newest >= 0n) await this.#options.readModels.waitFor(newest, MODELS_TIMEOUT_MS);
    const failed = settled.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    this.#hasMore = due.length === batch;
    return this.#hasMore ? BATCH_PAUSE_MS : pause;
  }

  /** Returns the position of the archive event, or undefined if the job cannot be archived now or another server has archived it. */
  async #archive(job: JobDocument): Promise<bigint | undefined> {
    if (this.#stopping.signal.aborted) return undefined;
    const { executor, ids, readModels, logger } = this.#options;
    const { jobId } = job;
    const archive = await archiveOf(job, readModels);
    if (archive === undefined) {
      this.#held.add(jobId);
      return undefined;
    }
    const context: CommandContext = {
      commandId: ids.uuid(),
      repeatable: false,
      bodyDigest: '',
      correlationId: jobId,
      causationId: jobId,
      actor: 'saga:archive',
      surface: job.owner?.surface ?? 'cluster',
    };
    try {
      const { events, position } = await executor.execute(jobs, jobId, { kind: 'archive', archive }, context);
      if (events.length > 0) return position;
    } catch (error) {
      if (!isMusterError(error, 'MUSTER_E_APPEND_TOO_LARGE') && !isMusterError(error, 'MUSTER_E_CONFLICT'))
        throw error;
      this.#failures += 1;
      logger.warn({ code: 'archive.refused', jobId, problem: error.message });
    }
    this.#held.add(jobId);
    return undefined;
  }
}
