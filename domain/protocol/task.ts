import { z } from 'zod';
import { dockerDriver, image, shmProblem, shmSize } from '../drivers/docker/index.js';
import { execDriver } from '../drivers/exec/index.js';
import { program } from '../drivers/program.js';
import { withoutChoice } from '../jobs/job/chosen-image.js';
import { groupOf, groupsOf, TASK_FIELDS, type Task, type TaskGroup } from '../jobs/job/specification.js';
import { name, port } from '../jobs/job/name.js';
import { hostPortsOf, taskPort } from '../jobs/job/task-port.js';
import { environmentName } from '../kernel/environment-name.js';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../kernel/plain-name.js';
import { withoutUndefined } from '../kernel/without-undefined.js';

/**
 * Tasks in the format of the cluster contract, which the cluster API and the agents' API share. A task with `image` uses the docker
 * driver, and a task with only `command` uses exec. Fields that are not in the contract are Muster extensions.
 */
const configFields = z.strictObject({
  image: image
    .optional()
    .meta({ description: 'Docker image. The task runs in a container', examples: ['nginx:1.27'] }),
  port: port
    .optional()
    .meta({ description: "Host port, published to the container's port", examples: [8080] }),
  container_port: port.optional().meta({
    description:
      "Container port that `port` is published to. Default: the image's only exposed TCP port, or else the same number",
  }),
  command: program.command.optional().meta({
    description:
      'With an image: arguments for its entrypoint. Without an image: the command, which is run by `/bin/sh -c`, or by the interpreter that its first line names (`#!`), unless the task has `args`',
    examples: ['echo hello'],
  }),
});

/** JSON schema that requires a string field. Zod cannot express such a condition across fields. */
const needs = (field: string) => ({ required: [field], properties: { [field]: { type: 'string' } } });

const contractConfig = configFields
  .refine(
    ({ image: given, command }) => given !== undefined || command !== undefined,
    'needs an image (docker) or a command (exec)',
  )
  .meta({
    id: 'TaskConfig',
    description: 'What the task runs: an image, a command, or both',
    if: { not: needs('image') },
    then: needs('command'),
  });
export type ContractConfig = z.infer<typeof contractConfig>;

const { resources, kill_timeout, max_run_seconds, checks, volumes } = TASK_FIELDS;

const taskFields = {
  resources,
  args: program.args.optional().meta({
    description:
      'Arguments. If present, even if empty, `command` is the path of a program and no shell is used',
  }),
  env: z
    .record(environmentName, z.string().max(32768).regex(PLAIN_NAME, PLAIN_NAME_RULE))
    .optional()
    .meta({ description: 'Environment variables of the task', examples: [{ LANG: 'C.UTF-8' }] }),
  work_dir: program.work_dir.optional().meta({ description: 'Absolute path of the working directory' }),
  user: program.user.optional().meta({ description: 'Name or numeric id of the user that the task runs as' }),
  kill_timeout,
  max_run_seconds,
  checks,
  volumes,
  ports: z.array(taskPort).max(63).optional().meta({
    description:
      'Extension. Additional ports of the container. `dynamic` ports are assigned a free host port; others specify it in `host`. Requires an image',
  }),
  tty: z.boolean().optional().meta({
    description:
      "Extension. Allocates a terminal for the container. Standard output and standard error are then combined in the log's `stdout`. Requires an image",
  }),
  open_stdin: z.boolean().optional().meta({
    description:
      'Extension. Keeps standard input open. Together with `tty`, a shell then runs until it is stopped. Requires an image',
  }),
  shm_size: shmSize.optional(),
};

const OF_CONTAINERS = {
  tty: { const: false },
  open_stdin: { const: false },
  shm_size: { maximum: 0 },
  volumes: { maxItems: 0 },
  ports: { maxItems: 0 },
} as const;

export const contractTask = z
  .strictObject({ name, config: contractConfig, ...taskFields })
  .superRefine((value, context) => {
    const problem = shmProblem(value.shm_size, value.resources?.memory);
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['shm_size'], message: problem });
    if (value.config.image !== undefined) return;
    for (const [field, given] of Object.entries({
      tty: value.tty,
      open_stdin: value.open_stdin,
      shm_size: value.shm_size,
      volumes: value.volumes?.length,
      ports: value.ports?.length,
    }))
      if (given === true || (typeof given === 'number' && given > 0))
        context.addIssue({
          code: 'custom',
          path: [field],
          message: 'requires config.image: it is only supported for containers',
        });
  })
  .meta({
    id: 'JobTask',
    description: 'One container or process',
    if: { not: { properties: OF_CONTAINERS } },
    then: { properties: { config: needs('image') } },
  });
export type ContractTask = z.infer<typeof contractTask>;

export const contractGroup = groupOf(contractTask, ({ config, ports }) => [
  ...(config.port === undefined ? [] : [config.port]),
  ...hostPortsOf({ ports }),
]).meta({
  id: 'TaskGroup',
  description: 'Tasks that are placed together on one node',
});
export type ContractGroup = z.infer<typeof contractGroup>;
export const contractGroups = groupsOf(contractGroup);

/** `config` is empty if the contract cannot express the task's driver. */
export const shownConfig = configFields.meta({
  id: 'TaskConfigView',
  description:
    'What the task runs: an image, a command, or both. Empty if the contract cannot express the driver',
});
const shownTask = z
  .strictObject({ name, config: shownConfig, ...taskFields })
  .meta({ id: 'TaskView', description: 'A task as submitted' });
export const shownGroup = groupOf(shownTask, () => []).meta({
  id: 'TaskGroupView',
  description: 'A group as submitted',
});

/** A task that the contract's schema accepts is also valid for its driver's schema. */
export function taskOf({
  name,
  config: { image, port, container_port, command },
  args,
  work_dir,
  user,
  tty,
  open_stdin,
  shm_size,
  ports: further = [],
  ...rest
}: ContractTask): Task {
  const named =
    port === undefined && container_port === undefined
      ? []
      : [withoutUndefined({ host: port, container: container_port })];
  const ports = [...named, ...further];
  const config = withoutUndefined({ image, command, args, work_dir, user, tty, open_stdin, shm_size });
  return {
    name,
    driver: (image === undefined ? execDriver : dockerDriver).name,
    config,
    ...(ports.length === 0 ? {} : { ports }),
    ...rest,
  };
}

export function groupOfContract(group: ContractGroup): TaskGroup {
  return { ...group, tasks: group.tasks.map(taskOf) };
}

/**
 * Whether the contract can express the task. It cannot express a process that runs as its tenant's own user, nor an image that is only pulled.
 */
export function isOfContract({ driver, config }: Pick<Task, 'driver' | 'config'>): boolean {
  return (
    (driver === dockerDriver.name && !('pull_only' in config)) ||
    (driver === execDriver.name && !('tenant' in config))
  );
}

/**
 * Returns the task as submitted, except that its first port, unless dynamic, is in `config.port`. If the contract cannot express the task,
 * `config` is empty.
 */
export function contractTaskOf(task: Task): ContractTask {
  const {
    name,
    driver,
    config,
    ports,
    sealed_env: _sealed,
    stored_in: _stored,
    ...rest
  } = withoutChoice(task);
  if (!isOfContract({ driver, config })) return { name, config: {}, ...rest };
  const {
    image,
    command,
    give_output: _given,
    ...words
  } = config as Omit<ContractTask, 'name' | 'config'> & ContractConfig & { readonly give_output?: true };
  const [first, ...others] = ports ?? [];
  const named = first?.dynamic === true ? undefined : first;
  const further = named === undefined ? (ports ?? []) : others;
  const shown = {
    name,
    config: withoutUndefined({ image, port: named?.host, container_port: named?.container, command }),
    ...words,
    ...rest,
  };
  return further.length === 0 ? shown : { ...shown, ports: further };
}

export function contractGroupOf(group: TaskGroup): ContractGroup {
  return { ...group, tasks: group.tasks.map(contractTaskOf) };
}
