import { comparedName } from '#domain/kernel/plain-name.js';
import { bodyOf, everyPage, type Api, type Cluster, type Gpu, type Tasks } from './client.js';
import { Failure, Refusal } from './failure.js';
import { unambiguous, type ReadAs } from './resolve-prefix.js';
import { hostName } from './host-name.js';

type Job = Cluster['Job'];
type Node = Cluster['Node'];

export async function findJob(api: Api, given: string): Promise<Job> {
  return await onJob(api, given, async (id) => await getJob(api, id));
}

/** Acts on the job with this id. If there is none, lists the jobs to find a unique prefix. */
export async function onJob<Result>(
  api: Api,
  given: string,
  act: (id: string) => Promise<Result>,
): Promise<Result> {
  return await orElse(act, given, async () => {
    const { jobs } = await bodyOf(api.GET('/jobs'));
    return unambiguous(
      'job',
      given,
      jobs.map((job) => ({ id: job.job_id })),
    ).id;
  });
}

export async function getJob(api: Api, id: string): Promise<Job> {
  return await bodyOf(api.GET('/jobs/{job_id}', { params: { path: { job_id: id } } }));
}

export async function findNode(api: Api, given: string, as?: ReadAs): Promise<Node> {
  const { nodes } = await bodyOf(api.GET('/nodes'));
  return unambiguous(
    'node',
    given,
    nodes.map((node) => ({ ...node, id: node.node_id, name: hostName(node) ?? null })),
    as,
  );
}

export async function onNode<Result>(
  api: Api,
  given: string,
  act: (id: string) => Promise<Result>,
  as?: ReadAs,
): Promise<Result> {
  return await act((await findNode(api, given, as)).node_id);
}

/** Tries `given` as an id first, and searches only if that id does not exist. */
export async function orElse<Result>(
  act: (id: string) => Promise<Result>,
  given: string,
  find: () => Promise<string>,
): Promise<Result> {
  try {
    return await act(given);
  } catch (error) {
    if (!(error instanceof Refusal) || error.httpStatus !== 404) throw error;
  }
  return await act(await find());
}

/** An allocation with its job. */
export interface JobAllocation {
  readonly job: Job;
  readonly allocation: Cluster['JobAllocation'];
}

export async function allAllocations(api: Api): Promise<JobAllocation[]> {
  const { jobs } = await bodyOf(api.GET('/jobs'));
  return jobs.flatMap((job) => job.allocations.map((allocation) => ({ job, allocation })));
}

/** Finds an allocation that a job still shows, by its id or a unique prefix of it. */
export async function findAllocation(api: Api, given: string): Promise<JobAllocation> {
  const all = await allAllocations(api);
  return unambiguous(
    'allocation',
    given,
    all.map((each) => ({ ...each, id: each.allocation.allocation_id })),
  );
}

/**
 * Finds an allocation to act in: by its id or a unique prefix of it, or as the only running one of a job.
 * @param task what the allocation of a job must have
 */
export async function findRunning(
  api: Api,
  given: string,
  task: string | undefined,
): Promise<Cluster['JobAllocation']> {
  const { jobs } = await bodyOf(api.GET('/jobs'));
  const job = jobs.find(({ job_id: id }) => id === given);
  if (job === undefined) {
    const all = jobs.flatMap(({ allocations }) => allocations);
    return unambiguous(
      'allocation or job',
      given,
      all.map((each) => ({ ...each, id: each.allocation_id })),
    );
  }
  const running = job.allocations.filter(
    ({ status, tasks = {} }) => status === 'running' && (task === undefined || Object.hasOwn(tasks, task)),
  );
  const having = task === undefined ? '' : ` with a task ${task}`;
  const [only, ...others] = running;
  if (only === undefined) throw new Failure(`job ${given} has no running allocation${having}`);
  if (others.length > 0)
    throw new Failure(
      `job ${given} has ${running.length} running allocations${having}, name one of them:\n${running
        .map((each) => `  ${each.allocation_id}  group ${each.task_group}, node ${each.node_id}`)
        .join('\n')}`,
    );
  return only;
}

/** Finds a worker by its id, its name, or a unique prefix of either. */
export async function findWorker(api: Api, given: string): Promise<string> {
  const workers = await everyPage(
    async (query) => await bodyOf(api.GET('/api/workers', { params: { query } })),
  );
  return unambiguous('worker', given, workers).id;
}

/** Finds a template by its id, its name, or a unique prefix of either, and returns its id. */
export async function findTemplate(api: Api, given: string, as?: ReadAs): Promise<string> {
  const { templates } = await bodyOf(api.GET('/templates'));
  return unambiguous(
    'template',
    given,
    templates.map(({ template_id: id, name }) => ({ id, name })),
    as,
  ).id;
}

export async function findClaim(api: Api, given: string): Promise<Gpu['GpuClaim']> {
  const { gpu_claims: claims } = await bodyOf(api.GET('/api/gpu-claims'));
  return unambiguous('claim', given, claims);
}

/** Finds a task by its number, its name, or a unique prefix of its name. */
export async function findTask(api: Api, given: string, as: ReadAs = {}): Promise<Tasks['ScheduledTask']> {
  const numbered = as.name === true ? undefined : await taskNumbered(api, given);
  if (as.id === true && numbered === undefined) throw new Failure(`no such task: ${given}`);
  if (as.id === true && as.name !== true) return numbered!;
  const found = await allTasks(api, { search: given });
  if (numbered === undefined) return unambiguous('task', given, found.map(candidate), { name: true }).task;
  // Tasks created before numeric names were forbidden may still have one.
  const isNamed = ({ id, name }: Tasks['ScheduledTask']): boolean =>
    id === numbered.id || comparedName(name) === given;
  return unambiguous(
    'task',
    given,
    [numbered, ...found.filter((task) => task.id !== numbered.id)].filter(isNamed).map(candidate),
    as,
  ).task;
}

function candidate(task: Tasks['ScheduledTask']): {
  readonly id: string;
  readonly name: string;
  readonly task: Tasks['ScheduledTask'];
} {
  return { id: String(task.id), name: task.name, task };
}

async function taskNumbered(api: Api, given: string): Promise<Tasks['ScheduledTask'] | undefined> {
  if (!/^\d+$/.test(given)) return undefined;
  try {
    return (await bodyOf(api.GET('/api/tasks/{task_id}', { params: { path: { task_id: given } } }))).data;
  } catch (error) {
    if (error instanceof Refusal && error.httpStatus === 404) return undefined;
    throw error;
  }
}

/** Reads all pages of a task list. */
export async function allTasks(
  api: Api,
  query: {
    readonly status?: Tasks['ScheduledTask']['status'];
    readonly search?: string;
    readonly own?: boolean;
  },
): Promise<Tasks['ScheduledTask'][]> {
  return await everyPage(
    async (page) => await bodyOf(api.GET('/api/tasks', { params: { query: { ...query, ...page } } })),
  );
}
