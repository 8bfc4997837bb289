import { z } from 'zod';
import { dockerDriver, image } from '../drivers/docker/index.js';
import { execDriver } from '../drivers/exec/index.js';
import { program } from '../drivers/program.js';
import { groupOf, groupsOf, name, port, TASK_FIELDS, type Task, type TaskGroup } from '../job/specification.js';

/**
 * A task in the words of the cluster's contract, which its API and the agents' API share: `config.image` means docker, else
 * `config.command` means exec. Ours are the fields that the contract does not have.
 */
export const contractConfig = z
  .strictObject({
    image: image.optional().meta({ description: 'Docker image: the task runs in a container', examples: ['nginx:1.27'] }),
    port: port.optional().meta({ description: 'Host port, published to the container\'s port', examples: [8080] }),
    container_port: port
      .optional()
      .meta({ description: 'Container port behind `port`, where it is neither the image\'s only exposed TCP port nor the same number' }),
    command: program.command
      .optional()
      .meta({ description: 'With an image: words for its entrypoint. Without: a process, under `/bin/sh -c` unless the task has `args`', examples: ['echo hello'] }),
  })
  .meta({ id: 'TaskConfig', description: 'What runs: an image or a command, or both' });
export type ContractConfig = z.infer<typeof contractConfig>;

const { resources, env, kill_timeout, max_run_seconds } = TASK_FIELDS;

export const contractTask = z
  .strictObject({
    name,
    config: contractConfig,
    resources,
    args: program.args.optional().meta({ description: 'Arguments. Present, even empty: `command` is one program\'s path and no shell is involved' }),
    env,
    work_dir: program.work_dir.optional().meta({ description: 'Absolute path that the task starts in' }),
    user: program.user.optional().meta({ description: 'Name or number of the user that the task runs as' }),
    kill_timeout,
    max_run_seconds,
    tty: z.boolean().optional().meta({ description: 'Ours. The container has a terminal: its output and its errors are one stream, the log\'s `stdout`. Only with an image' }),
    open_stdin: z
      .boolean()
      .optional()
      .meta({ description: 'Ours. Standard input stays open although nothing comes: with `tty` a shell stays until it is stopped. Only with an image' }),
  })
  .superRefine(checkTask)
  .meta({ id: 'Task', description: 'One container or process' });
export type ContractTask = z.infer<typeof contractTask>;

export const contractGroup = groupOf(contractTask, ({ config }) => (config.port === undefined ? [] : [config.port])).meta({
  id: 'TaskGroup',
  description: 'Tasks that are placed together on one node',
});
export type ContractGroup = z.infer<typeof contractGroup>;
export const contractGroups = groupsOf(contractGroup);

/** What only a container can have. */
const OF_CONTAINERS = ['tty', 'open_stdin'] as const;

interface CheckedTask extends Readonly<Partial<Record<(typeof OF_CONTAINERS)[number], boolean | undefined>>> {
  readonly config: ContractConfig;
  readonly args?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly work_dir?: string | undefined;
}

function checkTask(value: CheckedTask, context: z.RefinementCtx): void {
  if (value.config.image === undefined && value.config.command === undefined) {
    context.addIssue({ code: 'custom', path: ['config'], message: 'needs an image (docker) or a command (exec)' });
  }
  for (const field of OF_CONTAINERS) {
    if (value[field] === true && value.config.image === undefined) context.addIssue({ code: 'custom', path: [field], message: 'needs config.image: only a container has it, a process of the exec driver does not' });
  }
  const text = [value.config.command ?? '', ...(value.args ?? []), ...Object.values(value.env ?? {}), value.work_dir ?? ''];
  if (text.some((part) => part.includes('\0'))) context.addIssue({ code: 'custom', path: ['config'], message: 'must not contain NUL' });
}

/** The contract's task as ours. What the contract's schema has taken is what the schema of its driver takes. */
export function taskOf({ name, config: { image, port, container_port, command }, args, work_dir, user, tty, open_stdin, ...rest }: ContractTask): Task {
  const ports = port === undefined && container_port === undefined ? undefined : [given({ host: port, container: container_port })];
  const config = given({ image, command, args, work_dir, user, tty, open_stdin });
  return { name, driver: (image === undefined ? execDriver : dockerDriver).name, config, ...(ports === undefined ? {} : { ports }), ...rest };
}

export function groupOfContract(group: ContractGroup): TaskGroup {
  return { ...group, tasks: group.tasks.map(taskOf) };
}

/** Whether the contract has words for what a driver runs. */
export function isOfContract({ driver }: Pick<Task, 'driver'>): boolean {
  return driver === dockerDriver.name || driver === execDriver.name;
}

/** The task as it was sent. One whose driver the contract does not know has an empty `config`. */
export function contractTaskOf({ name, driver, config, ports, sealed_env: _sealed, ...rest }: Task): ContractTask {
  if (!isOfContract({ driver })) return { name, config: {}, ...rest };
  // Written by `taskOf`, or by a surface whose config the driver's schema has checked.
  const { image, command, ...others } = config as Omit<ContractTask, 'name' | 'config'> & ContractConfig;
  const [first] = ports ?? [];
  return { name, config: given({ image, port: first?.host, container_port: first?.container, command }), ...others, ...rest };
}

export function contractGroupOf(group: TaskGroup): ContractGroup {
  return { ...group, tasks: group.tasks.map(contractTaskOf) };
}

/** Without what is undefined. */
function given<Value extends object>(value: Value): Given<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Given<Value>;
}

type Given<Value> = { [Key in keyof Value]?: Exclude<Value[Key], undefined> };
