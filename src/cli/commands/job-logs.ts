import { textOf, type Cluster } from '../client.js';
import { Failure } from '../failure.js';
import { findJob } from '../found.js';
import { connect, type RemoteOptions } from '../options.js';
import { unambiguous } from '../unambiguous.js';

export interface LogsOptions extends RemoteOptions {
  readonly follow?: boolean;
  readonly tail?: string;
  readonly stderr?: boolean;
  readonly allocation?: string;
}

/** Prints the log of one task as it is, byte for byte. */
export async function printLogs(given: string, task: string | undefined, options: LogsOptions): Promise<void> {
  const { api } = connect(options);
  const job = await findJob(api, given);
  const allocation = choose(job, options.allocation);
  const query = {
    type: options.stderr === true ? ('stderr' as const) : ('stdout' as const),
    ...(task !== undefined && { task }),
    ...(options.follow === true && { follow: 'true' as const }),
    ...(options.tail !== undefined && { tail: Number(options.tail) }),
  };
  const path = { job_id: job.job_id, allocation_id: allocation.allocation_id };
  const answer = api.GET('/jobs/{job_id}/allocations/{allocation_id}/logs', { params: { path, query }, parseAs: 'stream' });
  for await (const text of textOf(answer)) process.stdout.write(text);
}

function choose(job: Cluster['Job'], given: string | undefined): Cluster['JobAllocation'] {
  if (given !== undefined) return unambiguous('allocation', given, job.allocations.map((each) => ({ ...each, id: each.allocation_id })));
  const newest = job.allocations.at(-1);
  if (newest === undefined) throw new Failure(`job ${job.job_id} has no allocation yet`);
  return newest;
}
