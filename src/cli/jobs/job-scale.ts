import { bodyOf, type Cluster } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import { findJob } from '../shared/lookup.js';
import { connect, type RemoteOptions } from '../shared/options.js';
import { printFields, printJson } from '../shared/output.js';
import { wholeNumber } from '../shared/whole-number.js';

export interface ScaleOptions extends RemoteOptions {
  readonly group?: string;
}

/** Updates a job with its own specification, in which only the `count` of one group differs. */
export async function scaleJob(given: string, count: string, options: ScaleOptions): Promise<void> {
  const { api, format } = connect(options);
  const wanted = wholeNumber(count, 'count');
  const job = await findJob(api, given);
  const { job_id: id, task_groups: groups, constraints, priority } = job;
  const scaled = groupToScale(job, options.group);
  const body = {
    task_groups: groups.map((group) => (group === scaled ? { ...group, count: wanted } : group)),
    // Without any, the server shows an empty object. A version lists it as a change if it was not submitted.
    ...(Object.keys(constraints).length > 0 && { constraints }),
    ...(priority !== undefined && { priority }),
  } as Cluster['JobUpdate'];
  const done = await bodyOf(api.PUT('/jobs/{job_id}', { params: { path: { job_id: id } }, body }));
  if (format === 'json') printJson(done);
  else
    printFields([
      ['Job', done.job_id],
      ['Evaluation', done.evaluation_id],
      ['Message', `group ${scaled.name}: ${scaled.count ?? 1} to ${wanted}`],
    ]);
}

function groupToScale({ job_id: id, task_groups: groups }: Cluster['Job'], name: string | undefined) {
  const names = groups.map((each) => each.name).join(', ');
  if (name === undefined && groups.length > 1)
    throw new Failure(`job ${id} has several groups: pass --group with one of ${names}`);
  const group = name === undefined ? groups[0] : groups.find((each) => each.name === name);
  if (group === undefined) throw new Failure(`--group ${name ?? ''}: job ${id} has only the groups ${names}`);
  return group;
}
