import { z } from 'zod';
import { sealedText } from '../sealing/sealed-text.js';

/** Names of groups and tasks: they become keys of objects and parts of file names. */
const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must match [A-Za-z0-9][A-Za-z0-9._-]{0,63}')
  .meta({ description: 'Name, unique among its siblings', examples: ['web'] });

const amount = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const port = z.number().int().min(1).max(65535);

/** An open map of non-negative integers. `cpu` in MHz-like units (1000 is one core), `memory` and `disk` in MiB, `gpus` in whole devices. */
export const resources = z
  .record(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'a resource name must match [a-z][a-z0-9_]{0,63}'), amount)
  .refine((map) => Object.keys(map).length <= 32, 'at most 32 resources')
  .meta({ id: 'Resources', description: 'Non-negative integers by name: `cpu` (1000 is one core), `memory` and `disk` (MiB), `gpus`, any other that nodes declare', examples: [{ cpu: 500, memory: 256 }] });
export type Resources = z.infer<typeof resources>;

/** What a task takes that names no resources, and what a missing `cpu` or `memory` means. */
export const DEFAULT_TASK_RESOURCES: Resources = { cpu: 100, memory: 64 };

export const CONSTRAINT_OPERATORS = ['=', '!=', '>', '<', 'regex'] as const;
const constraintValue = z.union([z.string().max(1024), z.number()]);

export const constraint = z
  .strictObject({
    attribute: z.string().min(1).max(128).meta({ description: '`node_id`, `ip_address`, any resource or any custom attribute of a node', examples: ['ip_address'] }),
    operator: z.enum(CONSTRAINT_OPERATORS).meta({ description: '`>` and `<` compare numbers where both sides are, else code points; `regex` is unanchored; `!=` holds where the attribute is missing' }),
    value: constraintValue.meta({ examples: ['10.0.0.1'] }),
  })
  .meta({ id: 'Constraint', description: 'What a node must fulfil to be given the group' });
export type Constraint = z.infer<typeof constraint>;

/** Job-level constraints: attribute → value (meaning `=`) or `{operator, value}`; they hold for every group. */
export const jobConstraints = z
  .record(
    z.string().min(1).max(128),
    z.union([constraintValue, z.strictObject({ operator: z.enum(CONSTRAINT_OPERATORS), value: constraintValue })]),
  )
  .refine((map) => Object.keys(map).length <= 64, 'at most 64 constraints')
  .meta({ id: 'JobConstraints', description: 'Constraints that hold for every group: attribute → value (meaning `=`), or attribute → `{operator, value}`', examples: [{}] });

export const taskConfig = z
  .strictObject({
    image: z
      .string()
      .min(1)
      .max(512)
      .regex(/^[A-Za-z0-9][A-Za-z0-9._\-/:@]*$/, 'must be an image reference')
      .optional()
      .meta({ description: 'Docker image: the task runs in a container', examples: ['nginx:1.27'] }),
    port: port.optional().meta({ description: 'Host port, published to the container\'s port', examples: [8080] }),
    container_port: port
      .optional()
      .meta({ description: 'Container port behind `port`, where it is neither the image\'s only exposed TCP port nor the same number' }),
    command: z
      .string()
      .min(1)
      .max(65536)
      .optional()
      .meta({ description: 'With an image: words for its entrypoint. Without: a process, under `/bin/sh -c` unless the task has `args`', examples: ['echo hello'] }),
  })
  .meta({ id: 'TaskConfig', description: 'What runs: an image or a command, or both' });
export type TaskConfig = z.infer<typeof taskConfig>;

const taskFields = {
  name,
  config: taskConfig,
  resources: resources.optional(),
  args: z
    .array(z.string().max(32768))
    .max(1024)
    .optional()
    .meta({ description: 'Arguments. Present, even empty: `command` is one program\'s path and no shell is involved' }),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'an environment name must match [A-Za-z_][A-Za-z0-9_]{0,127}'), z.string().max(32768))
    .optional()
    .meta({ description: 'Environment of the task', examples: [{ LANG: 'C.UTF-8' }] }),
  work_dir: z.string().min(1).max(4096).startsWith('/', 'must be an absolute path').optional().meta({ description: 'Absolute path that the task starts in' }),
  user: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,31}$/, 'must be a user name or number')
    .optional()
    .meta({ description: 'Name or number of the user that the task runs as' }),
  kill_timeout: z.number().min(0).max(3600).optional().meta({ description: 'Seconds between SIGTERM and SIGKILL' }),
  max_run_seconds: z
    .number()
    .positive()
    .max(31_536_000)
    .optional()
    .meta({ description: 'Seconds after which a task that still runs is stopped and counts as failed' }),
  tty: z.boolean().optional().meta({ description: 'Ours. The container has a terminal: its output and its errors are one stream, the log\'s `stdout`. Only with an image' }),
  open_stdin: z
    .boolean()
    .optional()
    .meta({ description: 'Ours. Standard input stays open although nothing comes: with `tty` a shell stays until it is stopped. Only with an image' }),
};

/** What only a container can have. */
const OF_CONTAINERS = ['tty', 'open_stdin'] as const;

interface CheckedTask extends Readonly<Partial<Record<(typeof OF_CONTAINERS)[number], boolean | undefined>>> {
  readonly config: TaskConfig;
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

export const task = z.strictObject(taskFields).superRefine(checkTask).meta({ id: 'Task', description: 'One container or process' });

/** A task as events hold it: its environment sealed. No body may name `sealed_env`: whoever copied it from an event would have it opened. */
const storedTask = z.strictObject({ ...taskFields, sealed_env: sealedText.optional() }).superRefine(checkTask);
export type Task = z.infer<typeof storedTask>;

/** What follows when an allocation of the group fails. */
export const restartPolicy = z
  .strictObject({
    attempts: z.number().int().min(0).max(1000).meta({ description: 'How often more it is tried' }),
    delay: z.number().min(0).max(86_400).default(5).meta({ description: 'Seconds between tries' }),
    mode: z.enum(['fail', 'delay']).default('fail').meta({ description: 'After the last try: `fail` gives up, `delay` goes on trying' }),
  })
  .meta({ id: 'RestartPolicy', description: 'What follows when an allocation of the group fails' });
export type RestartPolicy = z.infer<typeof restartPolicy>;

export const MAX_TASKS_PER_GROUP = 64;
export const MAX_GROUPS_PER_JOB = 64;
export const MAX_SLOTS_PER_JOB = 10_000;

const groupFields = {
  constraints: z.array(constraint).max(64).optional(),
  count: z.number().int().min(0).max(MAX_SLOTS_PER_JOB).optional().meta({ description: 'How many allocations of the group run at once; 1 when absent' }),
  restart: restartPolicy.optional(),
  lost: z
    .enum(['replace', 'fail'])
    .optional()
    .meta({ description: 'What follows when the node of an allocation is lost: place it elsewhere (default) or count it as failed' }),
};

const tasksOf = <Schema extends z.ZodType>(schema: Schema) => z.array(schema).min(1, 'needs at least one task').max(MAX_TASKS_PER_GROUP);

function checkGroup({ tasks }: { readonly tasks: readonly { readonly name: string; readonly config: TaskConfig }[] }, context: z.RefinementCtx): void {
  refuseDuplicates(tasks.map((each) => each.name), 'tasks', context);
  refuseDuplicates(tasks.flatMap((each) => each.config.port ?? []), 'tasks', context, 'host port');
}

export const taskGroup = z
  .strictObject({ name, tasks: tasksOf(task), ...groupFields })
  .superRefine(checkGroup)
  .meta({ id: 'TaskGroup', description: 'Tasks that are placed together on one node' });
const storedTaskGroup = z.strictObject({ name, tasks: tasksOf(storedTask), ...groupFields }).superRefine(checkGroup);
export type TaskGroup = z.infer<typeof storedTaskGroup>;

function groupsOf<Schema extends z.ZodType<{ readonly name: string; readonly count?: number | undefined }>>(schema: Schema) {
  return z
    .array(schema)
    .min(1, 'needs at least one task group')
    .max(MAX_GROUPS_PER_JOB)
    .superRefine((groups, context) => {
      refuseDuplicates(groups.map((each) => each.name), '', context);
      const slots = groups.reduce((sum, each) => sum + (each.count ?? 1), 0);
      if (slots > MAX_SLOTS_PER_JOB) context.addIssue({ code: 'custom', path: [], message: `at most ${MAX_SLOTS_PER_JOB} allocations a job` });
    });
}

export const taskGroups = groupsOf(taskGroup);
/** As events hold them. */
export const storedTaskGroups = groupsOf(storedTaskGroup);

const JOB_FIELDS = {
  constraints: jobConstraints.optional(),
  priority: z.number().int().min(0).max(100).optional().meta({ description: '0 to 100, higher first; 50 when absent' }),
};

/**
 * What a job is asked to be, in the words of the cluster contract, and kept as it was sent: the contract echoes it.
 * Every surface compiles its own requests into this.
 */
export const jobSpecification = z.strictObject({
  task_groups: taskGroups,
  ...JOB_FIELDS,
});

/** The same as events hold it, with environments sealed. */
export const storedSpecification = z.strictObject({ task_groups: storedTaskGroups, ...JOB_FIELDS });
export type JobSpecification = z.infer<typeof storedSpecification>;

export const DEFAULT_PRIORITY = 50;
export const MAX_SPECIFICATION_BYTES = 262_144;

function refuseDuplicates(values: readonly (string | number)[], path: string, context: z.RefinementCtx, what = 'name'): void {
  const seen = new Set<string | number>();
  for (const value of values) {
    if (seen.has(value)) context.addIssue({ code: 'custom', path: path === '' ? [] : [path], message: `duplicate ${what}: ${value}` });
    seen.add(value);
  }
}
