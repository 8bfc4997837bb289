import { systemClock } from '#agents/platform/clock/system-clock.js';
import { bytesOf, textOf, type Api, type Cluster } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import { findJob, getJob } from '../shared/lookup.js';
import { lineTimeQuery, timedLine, type LineTimeOptions, type StreamOptions } from '../shared/log-stream.js';
import { connect, type RemoteOptions } from '../shared/options.js';
import { jsonText, printPiece, type Format, warnLine } from '../shared/output.js';
import { JOB_ENDED } from './job-ended.js';
import { textLines } from '../shared/text-lines.js';
import { unambiguous } from '../shared/resolve-prefix.js';
import { wholeNumber } from '../shared/whole-number.js';

export interface LogsOptions extends RemoteOptions, StreamOptions, LineTimeOptions {
  readonly follow?: boolean;
  readonly tail?: string;
  readonly allocation?: string;
  readonly all?: boolean;
  readonly previous?: boolean;
}

type Job = Cluster['Job'];
type Allocation = Cluster['JobAllocation'];

interface Log {
  readonly allocation: Allocation;
  readonly task: string | undefined;
}

/** Prints the log of one task byte for byte, or the logs of all allocations line by line, each with its origin. */
export async function printLogs(
  given: string,
  task: string | undefined,
  options: LogsOptions,
): Promise<void> {
  if (
    [options.allocation !== undefined, options.all === true, options.previous === true].filter(Boolean)
      .length > 1
  )
    throw new Failure('--allocation, --all and --previous are mutually exclusive');
  const { api, format } = connect(options);
  const query = queryOf(options, format);
  const job = await findJob(api, given);
  const read = new LogReader(api, job, query);
  const goesOn = options.allocation === undefined && options.previous !== true && !JOB_ENDED.has(job.status);
  if (options.follow === true && goesOn)
    await read.follow({ task, format, all: options.all === true, until: query.until });
  else if (options.all === true) await read.all(logsOf(job, task), format);
  else await read.one({ allocation: choose(job, options), task }, format);
}

type Query = ReturnType<typeof queryOf>;

function queryOf({ stream, follow, tail, ...times }: LogsOptions, format: Format) {
  return {
    ...(stream !== undefined && { type: stream }),
    ...(follow === true && { follow }),
    ...(tail !== undefined && { tail: wholeNumber(tail, '-n') }),
    ...lineTimeQuery(times, format === 'json'),
  };
}

interface FollowOptions {
  readonly task: string | undefined;
  readonly format: Format;
  readonly all: boolean;
  readonly until: string | undefined;
}

class LogReader {
  constructor(
    private readonly api: Api,
    private readonly job: Job,
    private readonly query: Query,
  ) {}

  async one(log: Log, format: Format): Promise<void> {
    if (format === 'json') return await this.#lines(log, format);
    for await (const bytes of bytesOf(this.#ask(log))) await printPiece(bytes);
  }

  /** Follows the newest allocation, or all, and those that are placed later, until the job has ended. */
  async follow({ task, format, all, until }: FollowOptions): Promise<void> {
    const { job_id: id, allocations } = this.job;
    const former = all ? [] : allocations.slice(0, -1).map((each) => each.allocation_id);
    const known = new Set(allocations.map((each) => each.allocation_id));
    if (known.size === 0) warnLine(`job ${id} has no allocations yet. Why: muster job status ${id}`);
    let group = all ? undefined : allocations.at(-1)?.task_group;
    const started = startedAllocations(
      this.api,
      id,
      new Set(former),
      until === undefined ? undefined : Date.parse(until),
    );
    const reads: Promise<void>[] = [];
    const logs: Log[] = [];
    for await (const allocation of started) {
      if (!all && allocation.task_group !== (group ??= allocation.task_group)) continue;
      // Only the lines of what ran before are counted: later allocations start with nothing.
      const read = known.has(allocation.allocation_id) ? this : this.#whole();
      if (!all) {
        await read.one({ allocation, task }, format);
        continue;
      }
      for (const log of tasksIn(allocation, task)) {
        const reading = read.#lines(log, format);
        // The reads are awaited together, after the job has ended.
        reading.catch(() => undefined);
        logs.push(log);
        reads.push(reading);
      }
    }
    await allRead(logs, reads);
  }

  #whole(): LogReader {
    const { tail: _, ...query } = this.query;
    return new LogReader(this.api, this.job, query);
  }

  async #lines(log: Log, format: Format): Promise<void> {
    const { allocation, task } = log;
    const name = task ?? onlyTask(allocation);
    const where = {
      job_id: this.job.job_id,
      allocation_id: allocation.allocation_id,
      node_id: allocation.node_id,
      task_group: allocation.task_group,
      ...(name !== undefined && { task: name }),
      ...(this.query.type !== undefined && { type: this.query.type }),
    };
    const prefix = [
      allocation.task_group,
      allocation.allocation_id.slice(0, 8),
      ...(name === undefined ? [] : [name]),
    ].join('/');
    for await (const line of textLines(textOf(this.#ask(log)))) {
      await printPiece(
        format === 'json' ? `${jsonText({ ...where, ...timedLine(line) })}\n` : `${prefix} | ${line}\n`,
      );
    }
  }

  async all(logs: readonly Log[], format: Format): Promise<void> {
    await allRead(
      logs,
      logs.map(async (log) => await this.#lines(log, format)),
    );
  }

  #ask({ allocation, task }: Log) {
    const path = { job_id: this.job.job_id, allocation_id: allocation.allocation_id };
    const query = { ...this.query, ...(task !== undefined && { task }) };
    return this.api.GET('/jobs/{job_id}/allocations/{allocation_id}/logs', {
      params: { path, query },
      parseAs: 'stream',
    });
  }
}

/** Awaits the reads. Those that failed are warnings, unless all did. */
async function allRead(logs: readonly Log[], reads: readonly Promise<void>[]): Promise<void> {
  const problems = (await Promise.allSettled(reads)).flatMap((result, index) =>
    result.status === 'rejected'
      ? [
          `allocation ${logs[index]?.allocation.allocation_id.slice(0, 8)}: ${String(result.reason instanceof Error ? result.reason.message : result.reason)}`,
        ]
      : [],
  );
  if (problems.length > 0 && problems.length === logs.length) throw new Failure(problems.join('\n'));
  for (const problem of problems) warnLine(problem);
}

/** How often a followed job is read for allocations that started, in milliseconds. */
const INTERVAL_MS = 500;

/** Yields the allocations of a job as they start, except those in `seen`, until the job has ended or `until` has passed (milliseconds since 1970). */
async function* startedAllocations(
  api: Api,
  id: string,
  seen: Set<string>,
  until: number | undefined,
): AsyncGenerator<Allocation> {
  while (until === undefined || systemClock.now() < until) {
    const job = await getJob(api, id);
    for (const allocation of job.allocations) {
      if (allocation.start_time === null || seen.has(allocation.allocation_id)) continue;
      seen.add(allocation.allocation_id);
      yield allocation;
    }
    if (JOB_ENDED.has(job.status)) return;
    await systemClock.sleep(INTERVAL_MS);
  }
}

function tasksIn(allocation: Allocation, task: string | undefined): Log[] {
  const names = Object.keys(allocation.tasks ?? {});
  return (task === undefined ? names : names.filter((name) => name === task)).map((name) => ({
    allocation,
    task: name,
  }));
}

function logsOf(job: Job, task: string | undefined): Log[] {
  const logs = job.allocations.flatMap((allocation) => tasksIn(allocation, task));
  if (logs.length === 0)
    throw new Failure(
      task === undefined
        ? `job ${job.job_id} has no allocations yet`
        : `no allocation of job ${job.job_id} has a task ${task}`,
    );
  return logs;
}

function onlyTask({ tasks }: Allocation): string | undefined {
  const names = Object.keys(tasks ?? {});
  return names.length === 1 ? names[0] : undefined;
}

function choose(job: Job, { allocation: given, previous }: LogsOptions): Allocation {
  if (given !== undefined)
    return unambiguous(
      'allocation',
      given,
      job.allocations.map((each) => ({ ...each, id: each.allocation_id })),
    );
  const newest = job.allocations.at(-1);
  if (newest === undefined) throw new Failure(`job ${job.job_id} has no allocations yet`);
  if (previous !== true) return newest;
  const former = job.allocations.slice(0, -1).findLast((each) => each.task_group === newest.task_group);
  if (former === undefined)
    throw new Failure(
      `group ${newest.task_group} of job ${job.job_id} has no allocation before ${newest.allocation_id}`,
    );
  return former;
}
