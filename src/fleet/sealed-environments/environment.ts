import type { Task, TaskGroup } from '#domain/jobs/job/specification.js';
import type { Sealer } from '#src/engine/sealing/index.js';
import { withSecretWords } from './secret-words.js';

const PURPOSE = 'env';

interface Grouped {
  readonly task_groups?: TaskGroup[] | undefined;
}

/** Returns the specification with every environment sealed for the subject. If there is none, which is usual, returns the same object. */
export async function sealEnvironments<Specification extends Grouped>(
  sealer: Sealer,
  subject: string,
  specification: Specification,
): Promise<Specification> {
  return await changed(specification, hasEnvironment, async ({ env, ...task }) => ({
    ...task,
    sealed_env: await sealEnvironment(sealer, subject, env ?? {}),
  }));
}

/** Returns the original specification, or the same object if nothing is sealed. Environments whose key was erased are omitted. */
export async function openEnvironments<Specification extends Grouped>(
  sealer: Sealer,
  specification: Specification,
): Promise<Specification> {
  return await changed(specification, isSealed, (task) => open(sealer, task));
}

export async function sealEnvironment(
  sealer: Sealer,
  subject: string,
  env: NonNullable<Task['env']>,
): Promise<string> {
  return await sealer.seal(subject, PURPOSE, JSON.stringify(env));
}

export async function openEnvironment(
  sealer: Sealer,
  sealed: string,
): Promise<NonNullable<Task['env']> | undefined> {
  const text = await sealer.open(sealed, PURPOSE);
  return text === undefined ? undefined : (JSON.parse(text) as NonNullable<Task['env']>);
}

export async function openGroup(sealer: Sealer, group: TaskGroup): Promise<TaskGroup> {
  if (!group.tasks.some(isSealed)) return group;
  return {
    ...group,
    tasks: await Promise.all(
      group.tasks.map(async (task) => (isSealed(task) ? await open(sealer, task) : task)),
    ),
  };
}

/** Returns whether there is something to seal. Called for every submitted job. */
export function hasEnvironments({ task_groups: groups }: Grouped): boolean {
  return groups?.some(({ tasks }) => tasks.some(hasEnvironment)) ?? false;
}

function hasEnvironment({ env }: Task): boolean {
  if (env === undefined) return false;
  for (const _ in env) return true;
  return false;
}

function isSealed(task: Task): boolean {
  return task.sealed_env !== undefined;
}

/** Unsealed variables were set by Muster and take precedence, except for the time zone, which is only a default. */
async function open(sealer: Sealer, { sealed_env: sealed, ...task }: Task): Promise<Task> {
  const env = sealed === undefined ? undefined : await openEnvironment(sealer, sealed);
  if (env === undefined) return task;
  const opened = withSecretWords(task, env);
  return env['TZ'] === undefined ? opened : { ...opened, env: { ...opened.env, TZ: env['TZ'] } };
}

async function changed<Specification extends Grouped>(
  specification: Specification,
  concerns: (task: Task) => boolean,
  change: (task: Task) => Promise<Task>,
): Promise<Specification> {
  const groups = specification.task_groups;
  if (groups === undefined || !groups.some(({ tasks }) => tasks.some(concerns))) return specification;
  const each = async (task: Task): Promise<Task> => (concerns(task) ? await change(task) : task);
  const task_groups = await Promise.all(
    groups.map(async (group) =>
      group.tasks.some(concerns) ? { ...group, tasks: await Promise.all(group.tasks.map(each)) } : group,
    ),
  );
  return { ...specification, task_groups };
}
