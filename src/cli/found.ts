import { bodyOf, type Api, type Cluster, type Gpu, type Tasks } from './client.js';
import { Refusal } from './failure.js';
import { unambiguous } from './unambiguous.js';
import { hostName } from './views/node.js';

type Job = Cluster['Job'];
type Node = Cluster['Node'];

/** The job that `given` names: by its id, else by an unambiguous beginning of one. */
export async function findJob(api: Api, given: string): Promise<Job> {
  return await onJob(api, given, async (id) => await getJob(api, id));
}

/** Does something to the job that `given` names. The list of jobs is asked for only where none has this very id. */
export async function onJob<Result>(api: Api, given: string, act: (id: string) => Promise<Result>): Promise<Result> {
  return await orElse(act, given, async () => {
    const { jobs } = await bodyOf(api.GET('/jobs'));
    return unambiguous(
      'job',
      given,
      jobs.map((job) => ({ id: job.job_id })),
    ).id;
  });
}

/** The job of this id. */
export async function getJob(api: Api, id: string): Promise<Job> {
  return await bodyOf(api.GET('/jobs/{job_id}', { params: { path: { job_id: id } } }));
}

/** The node that `given` names: by its id, its host name, or an unambiguous beginning of one of them. */
export async function findNode(api: Api, given: string): Promise<Node> {
  const { nodes } = await bodyOf(api.GET('/nodes'));
  return unambiguous(
    'node',
    given,
    nodes.map((node) => ({ ...node, id: node.node_id, name: hostName(node) ?? null })),
  );
}

/** Does something to the node that `given` names. */
export async function onNode<Result>(api: Api, given: string, act: (id: string) => Promise<Result>): Promise<Result> {
  return await orElse(act, given, async () => (await findNode(api, given)).node_id);
}

/** Acts on what was given as an id; where nothing has it, on what is found instead. */
async function orElse<Result>(act: (id: string) => Promise<Result>, given: string, find: () => Promise<string>): Promise<Result> {
  try {
    return await act(given);
  } catch (error) {
    if (!(error instanceof Refusal) || error.httpStatus !== 404) throw error;
  }
  return await act(await find());
}

/** The id of the template that `given` names: by its id, its name, or an unambiguous beginning of one of them. */
export async function findTemplate(api: Api, given: string): Promise<string> {
  const { templates } = await bodyOf(api.GET('/templates'));
  return unambiguous(
    'template',
    given,
    templates.map(({ template_id: id, name }) => ({ id, name })),
  ).id;
}

/** The GPU claim that `given` names: by its id, or by an unambiguous beginning of it. */
export async function findClaim(api: Api, given: string): Promise<Gpu['GpuClaim']> {
  const { gpu_claims: claims } = await bodyOf(api.GET('/api/gpu-claims'));
  return unambiguous('claim', given, claims);
}

/** The task that `given` names: by its number, its name, or an unambiguous beginning of it. */
export async function findTask(api: Api, given: string): Promise<Tasks['ScheduledTask']> {
  const get = async (id: string) => (await bodyOf(api.GET('/api/tasks/{task_id}', { params: { path: { task_id: id } } }))).data;
  if (/^\d+$/.test(given)) return await orElse(get, given, async () => String((await taskNamed(api, given)).id));
  return await taskNamed(api, given);
}

/** All pages of the tasks that a query asks for. */
export async function allTasks(
  api: Api,
  query: { readonly status?: Tasks['ScheduledTask']['status']; readonly search?: string; readonly own?: 'true' },
): Promise<Tasks['ScheduledTask'][]> {
  const found: Tasks['ScheduledTask'][] = [];
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const body = await bodyOf(api.GET('/api/tasks', { params: { query: { ...query, page, size: 100 } } }));
    found.push(...body.data);
    pages = body.pagination.pages;
  }
  return found;
}

async function taskNamed(api: Api, given: string): Promise<Tasks['ScheduledTask']> {
  const found = await allTasks(api, { search: given });
  const named = found.map((task) => ({ id: String(task.id), name: task.name, task }));
  return unambiguous('task', given, named).task;
}
