import { bytesOf, textOf, type Api, type Cluster } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import { findJob } from '../shared/lookup.js';
import { lineTimeQuery, timedLine, type LineTimeOptions, type StreamOptions } from '../shared/log-stream.js';
import { connect, type RemoteOptions } from '../shared/options.js';
import { jsonText, printPiece, type Format, warnLine } from '../shared/output.js';
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
  if (options.all === true) await read.all(logsOf(job, task), format);
  else if (format === 'json') await read.lines({ allocation: choose(job, options), task }, format);
  else await read.bytes({ allocation: choose(job, options), task });
}

type Query = ReturnType<typeof queryOf>;

function queryOf({ stream, follow, tail, ...times }: LogsOptions, format: Format) {
  return {
    ...(stream !== undefined && { type: stream }),
    ...(follow === true && { follow }),
    ...(tail !== undefined && { tail: wholeNumber(tail, '-n') }),
    ...lineTimeQuery(format === 'json' ? { ...times, timestamps: true } : times),
  };
}

class LogReader {
  constructor(
    private readonly api: Api,
    private readonly job: Job,
    private readonly query: Query,
  ) {}

  async bytes(log: Log): Promise<void> {
    for await (const bytes of bytesOf(this.#ask(log))) await printPiece(bytes);
  }

  async lines(log: Log, format: Format): Promise<void> {
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
    const results = await Promise.allSettled(logs.map(async (log) => await this.lines(log, format)));
    const problems = results.flatMap((result, index) =>
      result.status === 'rejected'
        ? [
            `allocation ${logs[index]?.allocation.allocation_id.slice(0, 8)}: ${String(result.reason instanceof Error ? result.reason.message : result.reason)}`,
          ]
        : [],
    );
    if (problems.length === logs.length) throw new Failure(problems.join('\n'));
    for (const problem of problems) warnLine(problem);
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

function logsOf(job: Job, task: string | undefined): Log[] {
  const logs = job.allocations.flatMap((allocation) => {
    const names = Object.keys(allocation.tasks ?? {});
    return (task === undefined ? names : names.filter((name) => name === task)).map((name) => ({
      allocation,
      task: name,
    }));
  });
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
