import type { JobView, AllocationView } from '../api-types.js';
import { Failure } from '../failure.js';
import { connect, type RemoteOptions } from '../options.js';

export interface LogsOptions extends RemoteOptions {
  readonly follow?: boolean;
  readonly tail?: string;
  readonly stderr?: boolean;
  readonly allocation?: string;
}

/** Prints the log of one task as it is, byte for byte. */
export async function followLogs(id: string, task: string | undefined, options: LogsOptions): Promise<void> {
  const { client } = connect(options);
  const { body: job } = await client.get<JobView>(`/jobs/${encodeURIComponent(id)}`);
  const allocation = choose(job, options.allocation);
  const query = new URLSearchParams({ type: options.stderr === true ? 'stderr' : 'stdout' });
  if (task !== undefined) query.set('task', task);
  if (options.follow === true) query.set('follow', 'true');
  if (options.tail !== undefined) query.set('tail', options.tail);
  const path = `/jobs/${encodeURIComponent(id)}/allocations/${encodeURIComponent(allocation.allocation_id)}/logs?${query.toString()}`;
  for await (const text of client.stream(path)) process.stdout.write(text);
}

function choose(job: JobView, beginning: string | undefined): AllocationView {
  const fitting = beginning === undefined ? job.allocations.slice(-1) : job.allocations.filter((each) => each.allocation_id.startsWith(beginning));
  const [first, second] = fitting;
  if (first === undefined) throw new Failure(beginning === undefined ? `job ${job.job_id} has no allocation yet` : `no allocation begins with ${beginning}`);
  if (second !== undefined) throw new Failure(`several allocations begin with ${beginning ?? ''}: ${fitting.map((each) => each.allocation_id).join(', ')}`);
  return first;
}
