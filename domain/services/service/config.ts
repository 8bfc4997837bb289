import { z } from 'zod';
import { imageReference, shmProblem, shmSize } from '../../drivers/docker/index.js';
import { program } from '../../drivers/program.js';
import { environmentName } from '../../kernel/environment-name.js';
import { taskCheck } from '../../jobs/job/check.js';
import { port } from '../../jobs/job/name.js';
import { containerPorts } from '../../jobs/job/task-port.js';
import { reschedulePolicy, restartPolicy } from '../../jobs/job/restart.js';
import { TASK_FIELDS } from '../../jobs/job/specification.js';
import { updatePolicy } from '../../jobs/job/update.js';
import { taskVolume, volumeName } from '../../jobs/job/volume.js';
import { TOKEN, tokensIn, variableValue } from '../template/index.js';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../../kernel/plain-name.js';

export const DEFAULT_SERVICE_RESOURCES = { cpu: 100, memory: 128 } as const;
export const MAX_INSTANCES = 100;

const text = (max: number) => z.string().max(max).regex(PLAIN_NAME, PLAIN_NAME_RULE);
const amount = (max: number) => z.number().int().min(0).max(max);

export const serviceName = text(100).regex(/\S/u, 'must not be empty');
export const serviceType = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must match [a-z0-9][a-z0-9-]{0,62}');
export const serviceDescription = text(2000);
export const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'a variable name must match [A-Za-z_][A-Za-z0-9_]{0,63}');

export const serviceResources = z.strictObject({
  cpu: amount(1_000_000)
    .optional()
    .meta({
      description: 'CPU of each instance; 1000 is one core. Default: 100',
      default: 100,
      examples: [500],
    }),
  memory: amount(100_000_000)
    .optional()
    .meta({
      description: 'Memory of each instance, in MiB. Default: 128',
      default: 128,
      examples: [1024],
    }),
  disk: amount(1_000_000_000)
    .optional()
    .meta({ description: 'Disk space of each instance, in MiB', examples: [2048] }),
});

/** A directory that persists across containers: the service's own, or one that a different service left behind. */
export const serviceVolume = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must match [a-z0-9][a-z0-9-]{0,31}'),
  path: taskVolume.shape.path.optional().meta({
    description:
      'Absolute path in the container. Default: the path of the volume with this name in the template',
    examples: ['/var/lib/data'],
  }),
  from: volumeName.optional().meta({
    description:
      'Id of a retained volume of this tenant to mount: `GET /api/v1/volumes`. Default: a volume of the service itself',
    examples: ['service.770e8400-e29b-41d4-a716-446655440000.data'],
  }),
});

const { type: asked, path, command, interval_seconds, timeout_seconds, grace_seconds } = taskCheck.shape;

export const serviceHealth = z
  .strictObject({
    type: asked,
    port: port.optional().meta({ description: 'Port of the container. Default: the first of `ports`' }),
    path,
    command,
    interval_seconds,
    timeout_seconds,
    grace_seconds,
  })
  .superRefine((health, context) => {
    const refuse = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (health.type === 'exec' && health.command === undefined)
      refuse('command', 'is required for exec checks');
    if (health.type !== 'exec' && health.command !== undefined)
      refuse('command', 'is only allowed for exec checks');
    if (health.type !== 'http' && health.path !== undefined)
      refuse('path', 'is only allowed for http checks');
    if (health.type === 'exec' && health.port !== undefined) refuse('port', 'is not allowed for exec checks');
  });

export const serviceUpdate = updatePolicy(MAX_INSTANCES, {
  deadline: 'Seconds after which an unfinished deployment fails. Default: 300',
  revert: {
    description: 'Roll back to the previous version if a version fails. Default: true',
    default: true,
  },
});

const isOnce = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

const OPEN_FIELDS = {
  image: imageReference.optional(),
  ports: containerPorts.optional().meta({
    description: 'Ports of the container. Each is reachable at an address of its node: see `endpoints`',
    examples: [[5432]],
  }),
  resources: serviceResources.optional(),
  nomad_job_file: text(65_536)
    .min(1)
    .optional()
    .meta({ description: 'Name of a template’s job file, or the contents of a job file (HCL or JSON)' }),
  count: z.number().int().min(1).max(MAX_INSTANCES).optional().meta({
    description:
      'Extension. Number of instances. Default: the number in its template or job file, otherwise 1',
  }),
  volumes: z
    .array(serviceVolume)
    .max(16)
    .refine((volumes) => isOnce(volumes.map(({ name }) => name)), 'duplicate name')
    .refine((volumes) => isOnce(volumes.flatMap(({ path }) => path ?? [])), 'duplicate path')
    .refine((volumes) => isOnce(volumes.flatMap(({ from }) => from ?? [])), 'duplicate volume')
    .optional()
    .meta({
      description:
        'Extension. Directories that persist across containers and versions. They also outlive the service, unless deleted with it',
    }),
  health: serviceHealth.optional().meta({
    description:
      'Extension. Health check of an instance. Default: the `HEALTHCHECK` of its image, otherwise it is healthy while it runs',
  }),
  restart: restartPolicy.optional(),
  reschedule: reschedulePolicy.optional().meta({
    description:
      'Extension. What happens when the restarts are used up. By default, the instance is started again indefinitely, after 30 s, 1 min … 1 h',
  }),
  update: serviceUpdate.optional().meta({ description: 'Extension. How one version replaces another' }),
  command: program.command
    .optional()
    .meta({ description: 'Extension. Arguments for the image’s entrypoint, split without a shell' }),
  kill_timeout: TASK_FIELDS.kill_timeout.meta({
    description:
      'Extension. Seconds between SIGTERM and SIGKILL when an instance is stopped. Default: the value in its template or job file, otherwise 5',
  }),
  shm_size: shmSize.optional(),
  args: program.args.optional().meta({ description: 'Extension. Additional arguments, passed unchanged' }),
} as const;

export const serviceConfig = z.strictObject({
  ...OPEN_FIELDS,
  environment: z
    .record(environmentName, text(32_768))
    .refine((environment) => Object.keys(environment).length <= 200, 'at most 200 variables')
    .optional()
    .meta({
      description:
        'Environment of the container. Stored encrypted; shown as `***` to users who may not change the service',
      examples: [{ POSTGRES_DB: 'mydb' }],
    }),
  custom_variables: z
    .record(variableName, variableValue)
    .refine((variables) => Object.keys(variables).length <= 200, 'at most 200 variables')
    .optional()
    .meta({
      description:
        'Values for `{{NAME}}` anywhere in the configuration, its template or its job file. Stored and shown like `environment`',
      examples: [{ DB_NAME: 'mydb' }],
    }),
});
export type ServiceConfig = z.infer<typeof serviceConfig>;

const REFERENCE = imageReference.meta() ?? {};

/** A configuration as it is sent, with `{{NAME}}` in its strings. It is validated after its variables have been filled in. */
export const sentServiceConfig = serviceConfig.extend({
  image: z
    .string()
    .min(1)
    .max(512)
    .superRefine((image, context) => {
      const problem =
        tokensIn(image).length > 0 ? undefined : imageReference.safeParse(image).error?.issues[0]?.message;
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    })
    .optional()
    .meta({
      description: `${REFERENCE.description}; \`{{NAME}}\` is replaced with the variable’s value`,
      examples: ['postgres:17'],
      pattern: `${String(REFERENCE['pattern'])}|${TOKEN.source}`,
      not: REFERENCE['not'],
    }),
});

/** Returns a contradiction within a complete configuration, or undefined if there is none. */
export function configProblem({
  health,
  ports,
  volumes,
  count,
  shm_size,
  resources: { memory = DEFAULT_SERVICE_RESOURCES.memory } = {},
}: Pick<ServiceConfig, 'health' | 'ports' | 'volumes' | 'count' | 'shm_size' | 'resources'>):
  { readonly field: string; readonly problem: string } | undefined {
  if (
    health !== undefined &&
    health.type !== 'exec' &&
    health.port === undefined &&
    (ports ?? []).length === 0
  )
    return {
      field: 'config.health.port',
      problem: `${health.type} checks require a port: set one, or add one to config.ports`,
    };
  const problem = shmProblem(shm_size, memory);
  if (problem !== undefined) return { field: 'config.shm_size', problem };
  const pathless = (volumes ?? []).findIndex(({ path }) => path === undefined);
  if (pathless >= 0)
    return {
      field: `config.volumes[${pathless}].path`,
      problem: `is required: no template defines a path for a volume ${volumes?.[pathless]?.name ?? ''}`,
    };
  if (!isOnce((volumes ?? []).map(({ path }) => path)))
    return { field: 'config.volumes', problem: 'duplicate path' };
  if ((volumes ?? []).length > 0 && (count ?? 1) > 1)
    return {
      field: 'config.count',
      problem: 'must be 1 for a service with volumes: two instances would write to the same directory',
    };
  return undefined;
}

/** A configuration in events, which contains only the names of secret values. */
export const storedConfig = z.strictObject({
  ...OPEN_FIELDS,
  environment: z.array(environmentName).optional(),
  custom_variables: z.array(variableName).optional(),
});
export type StoredConfig = z.infer<typeof storedConfig>;

export function storedOf({ environment, custom_variables, ...open }: ServiceConfig): StoredConfig {
  return {
    ...open,
    ...(environment !== undefined && { environment: Object.keys(environment) }),
    ...(custom_variables !== undefined && { custom_variables: Object.keys(custom_variables) }),
  };
}
