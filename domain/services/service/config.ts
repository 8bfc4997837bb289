import { z } from 'zod';
import { imageReference } from '../../drivers/docker/index.js';
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

/** Defaults for missing `cpu` and `memory`. */
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
      description: 'Of each instance; 1000 is one core. 100 when absent',
      default: 100,
      examples: [500],
    }),
  memory: amount(100_000_000)
    .optional()
    .meta({ description: 'MiB of each instance; 128 when absent', default: 128, examples: [1024] }),
  disk: amount(1_000_000_000)
    .optional()
    .meta({ description: 'MiB of each instance', examples: [2048] }),
});

/** A directory that outlives containers: the service's own, or one that another service left. */
export const serviceVolume = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must match [a-z0-9][a-z0-9-]{0,31}'),
  path: taskVolume.shape.path.optional().meta({
    description: 'Absolute path in the container; absent: that of the volume of this name in its template',
    examples: ['/var/lib/data'],
  }),
  from: volumeName.optional().meta({
    description:
      'Id of a kept volume that it is to be, of this tenant: `GET /api/v1/volumes`. Absent: one of the service’s own',
    examples: ['service.770e8400-e29b-41d4-a716-446655440000.data'],
  }),
});

const { type: asked, path, command, interval_seconds, timeout_seconds, grace_seconds } = taskCheck.shape;

export const serviceHealth = z
  .strictObject({
    type: asked,
    port: port.optional().meta({ description: 'Port of the container; absent: the first of `ports`' }),
    path,
    command,
    interval_seconds,
    timeout_seconds,
    grace_seconds,
  })
  .superRefine((health, context) => {
    const refuse = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (health.type === 'exec' && health.command === undefined) refuse('command', 'is needed for exec');
    if (health.type !== 'exec' && health.command !== undefined) refuse('command', 'is only for exec');
    if (health.type !== 'http' && health.path !== undefined) refuse('path', 'is only for http');
    if (health.type === 'exec' && health.port !== undefined) refuse('port', 'is not for exec');
  });

export const serviceUpdate = updatePolicy(MAX_INSTANCES, {
  deadline: 'A deployment that is not done by then has failed; 300 when absent',
  revert: {
    description: 'A version that fails gives way to the former one; true when absent',
    default: true,
  },
});

const isOnce = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

/** The parts of a configuration that are not secret. */
const OPEN_FIELDS = {
  image: imageReference.optional(),
  ports: containerPorts.optional().meta({
    description: 'Ports of the container; each is reached under an address of its node: see `endpoints`',
    examples: [[5432]],
  }),
  resources: serviceResources.optional(),
  nomad_job_file: text(65_536)
    .min(1)
    .optional()
    .meta({ description: 'Name of a job file of a template, or the text of one (HCL or JSON)' }),
  count: z.number().int().min(1).max(MAX_INSTANCES).optional().meta({
    description: 'Extension. Number of instances. Default: that of its template or job file, otherwise 1',
  }),
  volumes: z
    .array(serviceVolume)
    .max(16)
    .refine((volumes) => isOnce(volumes.map(({ name }) => name)), 'a name stands there twice')
    .refine((volumes) => isOnce(volumes.flatMap(({ path }) => path ?? [])), 'a path stands there twice')
    .refine((volumes) => isOnce(volumes.flatMap(({ from }) => from ?? [])), 'a volume stands there twice')
    .optional()
    .meta({
      description:
        'Extension. Folders that outlive containers, versions and, unless they are deleted with it, the service',
    }),
  health: serviceHealth
    .optional()
    .meta({ description: 'Extension. Health check of an instance. Default: it is healthy while it runs' }),
  restart: restartPolicy.optional(),
  reschedule: reschedulePolicy.optional().meta({
    description:
      'Extension. What happens when the restarts are used up. Default: start the instance again without limit, after 30 s, 1 min … 1 h',
  }),
  update: serviceUpdate.optional().meta({ description: 'Extension. How one version replaces another' }),
  command: program.command
    .optional()
    .meta({ description: 'Extension. Arguments for the image’s entrypoint, split without a shell' }),
  kill_timeout: TASK_FIELDS.kill_timeout.meta({
    description:
      'Extension. Seconds between SIGTERM and SIGKILL when an instance ends. Default: those of its template or job file, otherwise 5',
  }),
  args: program.args.optional().meta({ description: 'Extension. Further arguments, passed unchanged' }),
} as const;

export const serviceConfig = z.strictObject({
  ...OPEN_FIELDS,
  environment: z
    .record(environmentName, text(32_768))
    .refine((environment) => Object.keys(environment).length <= 200, 'at most 200 variables')
    .optional()
    .meta({
      description: 'Environment of the container. Kept sealed; `***` to who may not change the service',
      examples: [{ POSTGRES_DB: 'mydb' }],
    }),
  custom_variables: z
    .record(variableName, variableValue)
    .refine((variables) => Object.keys(variables).length <= 200, 'at most 200 variables')
    .optional()
    .meta({
      description:
        'Values for `{{NAME}}`, wherever it stands in the configuration, its template or its job file. Kept sealed likewise',
      examples: [{ DB_NAME: 'mydb' }],
    }),
});
export type ServiceConfig = z.infer<typeof serviceConfig>;

const REFERENCE = imageReference.meta() ?? {};

/** A configuration as it is sent, with `{{NAME}}` in its texts. It is validated after its variables are filled in. */
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
      description: `${REFERENCE.description}; \`{{NAME}}\` in it is filled`,
      examples: ['postgres:17'],
      pattern: `${String(REFERENCE['pattern'])}|${TOKEN.source}`,
      not: REFERENCE['not'],
    }),
});

/** Returns a contradiction within a complete configuration; undefined: none. */
export function configProblem({
  health,
  ports,
  volumes,
  count,
}: Pick<ServiceConfig, 'health' | 'ports' | 'volumes' | 'count'>):
  { readonly field: string; readonly problem: string } | undefined {
  if (
    health !== undefined &&
    health.type !== 'exec' &&
    health.port === undefined &&
    (ports ?? []).length === 0
  )
    return {
      field: 'config.health.port',
      problem: `${health.type} needs a port: name one, or have one in config.ports`,
    };
  const pathless = (volumes ?? []).findIndex(({ path }) => path === undefined);
  if (pathless >= 0)
    return {
      field: `config.volumes[${pathless}].path`,
      problem: `is needed: no template gives a path for a volume ${volumes?.[pathless]?.name ?? ''}`,
    };
  if (!isOnce((volumes ?? []).map(({ path }) => path)))
    return { field: 'config.volumes', problem: 'a path stands there twice' };
  if ((volumes ?? []).length > 0 && (count ?? 1) > 1)
    return {
      field: 'config.count',
      problem: 'is 1 for a service with volumes: two instances would write to one folder',
    };
  return undefined;
}

/** A configuration in events, with only the names of secret values. */
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
