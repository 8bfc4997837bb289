import { z } from 'zod';
import { environmentName } from '../../kernel/environment-name.js';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../../kernel/plain-name.js';
import { dockerDriver } from '../../drivers/docker/index.js';
import { driverName } from '../../drivers/index.js';
import { chosenImage } from './chosen-image.js';
import { sealedText } from '../../kernel/sealing/sealed-text.js';
import { CHECKED_DRIVERS, MAX_CHECKS_PER_TASK, taskCheck } from './check.js';
import { name } from './name.js';
import { hostPortsOf, taskPort } from './task-port.js';
import { reschedulePolicy, restartPolicy } from './restart.js';
import { storedIn } from './stored-in.js';
import { updatePolicy } from './update.js';
import { taskVolumes, volumesOf, type TaskVolume } from './volume.js';

const amount = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);

/** Non-negative integers by name. `cpu` is in thousandths of a core, `memory` and `disk` in MiB, `gpus` in whole devices. */
export const resources = z
  .record(
    z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'a resource name must match [a-z][a-z0-9_]{0,63}'),
    amount,
  )
  .refine((map) => Object.keys(map).length <= 32, 'at most 32 resources')
  .meta({
    id: 'Resources',
    maxProperties: 32,
    description:
      'Non-negative integers by name: `cpu` (1000 is one core), `memory` and `disk` (MiB), `gpus`, and any other resource that nodes declare',
    examples: [{ cpu: 500, memory: 256 }],
  });
export type Resources = z.infer<typeof resources>;

/** Used for tasks that specify no resources, and for a missing `cpu` or `memory`. */
export const DEFAULT_TASK_RESOURCES: Resources = { cpu: 100, memory: 64 };

export const CONSTRAINT_OPERATORS = ['=', '!=', '>', '<', 'regex'] as const;
const constraintValue = z.union([z.string().max(1024), z.number()]);

export const constraint = z
  .strictObject({
    attribute: z
      .string()
      .min(1)
      .max(128)
      .regex(PLAIN_NAME, PLAIN_NAME_RULE)
      .meta({
        description: '`node_id`, `ip_address`, any resource or any custom attribute of a node',
        examples: ['ip_address'],
      }),
    operator: z.enum(CONSTRAINT_OPERATORS).meta({
      description:
        '`>` and `<` compare as numbers if both sides are numbers, otherwise by code point; `regex` is unanchored; `!=` is true if the attribute is missing',
    }),
    value: constraintValue.meta({ examples: ['10.0.0.1'] }),
  })
  .meta({ id: 'Constraint', description: 'Condition that a node must meet to run the group' });
export type Constraint = z.infer<typeof constraint>;

/** Constraints of a job, which apply to every group: attribute → value (meaning `=`) or `{operator, value}`. */
export const jobConstraints = z
  .record(
    z.string().min(1).max(128).regex(PLAIN_NAME, PLAIN_NAME_RULE),
    z.union([
      constraintValue,
      z.strictObject({ operator: z.enum(CONSTRAINT_OPERATORS), value: constraintValue }),
    ]),
  )
  .refine((map) => Object.keys(map).length <= 64, 'at most 64 constraints')
  .meta({
    id: 'JobConstraints',
    maxProperties: 64,
    description:
      'Constraints that apply to every group: attribute → value (meaning `=`), or attribute → `{operator, value}`',
    examples: [{}],
  });

/** Limits of a task's `config`: its size in characters, and its nesting depth. */
export const MAX_CONFIG_CHARACTERS = 131_072;
const MAX_CONFIG_DEPTH = 16;

const config = z
  .looseObject({})
  .superRefine((value, context) => {
    if (weightOf(value, MAX_CONFIG_DEPTH) > MAX_CONFIG_CHARACTERS) {
      context.addIssue({
        code: 'custom',
        message: `at most ${MAX_CONFIG_CHARACTERS} characters, nested at most ${MAX_CONFIG_DEPTH} levels deep`,
      });
    }
  })
  // The OpenAPI description states only that it is an object.
  .meta({
    description: 'Configuration for the driver. Its format depends on the driver',
    additionalProperties: undefined,
  });

/** Approximate size as JSON, in characters. Infinite if it is nested too deeply. */
function weightOf(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 8;
  if (depth === 0) return Number.POSITIVE_INFINITY;
  let weight = 2;
  for (const [key, inner] of Object.entries(value)) weight += key.length + 4 + weightOf(inner, depth - 1);
  return weight;
}

export const TASK_FIELDS = {
  resources: resources.optional(),
  env: z
    .record(environmentName, z.string().max(32768))
    .optional()
    .meta({ description: 'Environment of the task', examples: [{ LANG: 'C.UTF-8' }] }),
  kill_timeout: z
    .number()
    .min(0)
    .max(3600)
    .optional()
    .meta({ description: 'Seconds between SIGTERM and SIGKILL' }),
  max_run_seconds: z.number().positive().max(31_536_000).optional().meta({
    description: 'Seconds after which a task that is still running is stopped and counts as failed',
  }),
  checks: z.array(taskCheck).max(MAX_CHECKS_PER_TASK).optional().meta({
    description:
      'Extension. The task is healthy once all checks have succeeded, and fails if one of them fails too often. Without checks, it is healthy while it runs',
  }),
  volumes: taskVolumes.optional().meta({
    description:
      'Extension. Named volumes. They remain on their node, and the group is placed there. Requires an image. A writable volume requires a `count` of 1',
  }),
};

/** One task. Scheduling reads the driver's name, but never its `config`. */
export const task = z
  .strictObject({
    name,
    driver: driverName,
    config,
    ports: z.array(taskPort).max(64).optional().meta({
      description: 'Ports of the node on which the task listens, or which are published to its container',
    }),
    ...TASK_FIELDS,
  })
  .superRefine(({ driver, checks }, context) => {
    if (checks !== undefined && checks.length > 0 && !CHECKED_DRIVERS.includes(driver))
      context.addIssue({
        code: 'custom',
        path: ['checks'],
        message: `are only supported for ${CHECKED_DRIVERS.join(' and ')} tasks`,
      });
  })
  .meta({
    id: 'DriverTask',
    description: 'Extension. A task of a driver that the contract does not describe',
  });

/**
 * A task in events: its environment is sealed, its image pinned, and long strings are references to other events. Requests cannot set `sealed_env` or
 * `stored_in`, because a client that copied them from an event could open another tenant's data.
 */
const storedTask = z.strictObject({
  ...task.shape,
  sealed_env: sealedText.optional(),
  stored_in: storedIn.optional(),
  ...chosenImage.shape,
});
export type Task = z.infer<typeof storedTask>;

export const MAX_TASKS_PER_GROUP = 64;
export const MAX_GROUPS_PER_JOB = 64;
export const MAX_SLOTS_PER_JOB = 10_000;

/** How allocations of one version of a group are replaced by allocations of the next version. */
export const groupUpdate = updatePolicy(MAX_SLOTS_PER_JOB, {
  deadline:
    'Seconds after which a deployment fails if no additional instance has become healthy. Default: 300',
  revert: {
    description:
      'If a deployment fails, roll back to the last version whose deployment completed. Default: false',
    default: false,
  },
}).meta({
  id: 'UpdatePolicy',
  description: 'How allocations of one version of a group are replaced by allocations of the next version',
});
export type GroupUpdate = z.infer<typeof groupUpdate>;

export const groupCount = z.number().int().min(0).max(MAX_SLOTS_PER_JOB);

const groupFields = {
  constraints: z.array(constraint).max(64).optional(),
  count: groupCount
    .optional()
    .meta({ description: 'Number of allocations of the group to run. Default: 1', default: 1 }),
  restart: restartPolicy.optional(),
  reschedule: reschedulePolicy.optional().meta({
    description: 'Extension. What happens when the restarts are used up. By default, the group fails',
  }),
  update: groupUpdate.optional().meta({
    description:
      'Extension. A new version replaces allocations step by step and waits after each step until they are healthy. By default, it replaces all of them immediately',
  }),
  lost: z.enum(['replace', 'fail']).optional().meta({
    description:
      'What happens to an allocation that its node takes away, because the node is lost, drained or has less capacity: it is placed elsewhere (default), or counts as failed and is not repeated. A drain first waits for the latter',
    default: 'replace',
  }),
};

interface NamedTask {
  readonly name: string;
  readonly volumes?: readonly TaskVolume[] | undefined;
}

interface Counted {
  readonly count?: number | undefined;
}

/** Returns why a group cannot have its count, if it cannot. */
export function groupCountProblem({
  count = 1,
  tasks,
}: Counted & { readonly tasks: readonly NamedTask[] }): string | undefined {
  const isWriter = count > 1 && volumesOf(tasks).some(({ writable }) => writable);
  return isWriter ? 'must be at most 1 for a group that writes to a volume' : undefined;
}

/** Returns why a job cannot have these groups, if they have too many allocations together. */
export function slotsProblem(groups: readonly Counted[]): string | undefined {
  const slots = groups.reduce((sum, { count = 1 }) => sum + count, 0);
  return slots > MAX_SLOTS_PER_JOB ? `at most ${MAX_SLOTS_PER_JOB} allocations per job` : undefined;
}

/** `hostPorts` returns the host ports that a task occupies. */
export function groupOf<Schema extends z.ZodType<NamedTask>>(
  schema: Schema,
  hostPorts: (task: z.output<Schema>) => readonly number[],
) {
  const tasks = z.array(schema).min(1, 'needs at least one task').max(MAX_TASKS_PER_GROUP);
  return z.strictObject({ name, tasks, ...groupFields }).superRefine((group, context) => {
    refuseDuplicates(
      group.tasks.map((each) => each.name),
      'tasks',
      context,
    );
    refuseDuplicates(group.tasks.flatMap(hostPorts), 'tasks', context, 'host port');
    const problem = groupCountProblem(group);
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['count'], message: problem });
  });
}

export function groupsOf<
  Schema extends z.ZodType<{ readonly name: string; readonly count?: number | undefined }>,
>(schema: Schema) {
  return z
    .array(schema)
    .min(1, 'needs at least one task group')
    .max(MAX_GROUPS_PER_JOB)
    .superRefine((groups, context) => {
      refuseDuplicates(
        groups.map((each) => each.name),
        '',
        context,
      );
      const problem = slotsProblem(groups);
      if (problem !== undefined) context.addIssue({ code: 'custom', path: [], message: problem });
    });
}

/** Only containers can have volumes and assigned ports. */
const placedTask = storedTask.superRefine(({ driver, ports = [], volumes = [] }, context) => {
  if (driver === dockerDriver.name) return;
  const problem = (path: string): void =>
    context.addIssue({
      code: 'custom',
      path: [path],
      message: `is only supported for containers, and the driver is ${driver}`,
    });
  if (ports.some(({ dynamic }) => dynamic === true)) problem('ports');
  if (volumes.length > 0) problem('volumes');
});

export const taskGroup = groupOf(placedTask, hostPortsOf);
export type TaskGroup = z.infer<typeof taskGroup>;
export const taskGroups = groupsOf(taskGroup);

export function groupNamed(groups: readonly TaskGroup[], name: string): TaskGroup | undefined {
  return groups.find((group) => group.name === name);
}

export const DEFAULT_PRIORITY = 50;

export const JOB_FIELDS = {
  constraints: jobConstraints.optional(),
  priority: z.number().int().min(0).max(100).optional().meta({
    description: '0 to 100. Jobs with a higher priority are scheduled first. Default: 50',
    default: DEFAULT_PRIORITY,
  }),
};

/** The specification of a job, to which every surface translates its requests. Environments are already sealed. */
export const jobSpecification = z.strictObject({ task_groups: taskGroups, ...JOB_FIELDS });
export type JobSpecification = z.infer<typeof jobSpecification>;

export const MAX_SPECIFICATION_BYTES = 262_144;

function refuseDuplicates(
  values: readonly (string | number)[],
  path: string,
  context: z.RefinementCtx,
  what = 'name',
): void {
  const seen = new Set<string | number>();
  for (const value of values) {
    if (seen.has(value))
      context.addIssue({
        code: 'custom',
        path: path === '' ? [] : [path],
        message: `duplicate ${what}: ${value}`,
      });
    seen.add(value);
  }
}
