import { z } from 'zod';
import {
  DEPLOYMENT_REASONS,
  DEPLOYMENT_STATUSES,
  BECAUSE,
  SERVICE_STATUSES,
  SHORTFALL_REASONS,
  sentServiceConfig,
  serviceDescription,
  serviceName,
  serviceType,
} from '#domain/services/service/index.js';
import { templateVariableName, variableValue } from '#domain/services/template/index.js';
import { nameOfActor } from '#src/features/visibility/index.js';
import { clearField, difference, DIFFERENCE_MEANS, flag, moment } from '#src/http/index.js';
import { ENDPOINT } from '#src/surfaces/endpoints.js';

const EXAMPLE_ID = '770e8400-e29b-41d4-a716-446655440000';
const EXAMPLE_DEPLOYMENT = '880e8400-e29b-41d4-a716-446655440000';
const EXAMPLE_CONFIG = {
  image: 'postgres:13',
  ports: [5432],
  environment: { POSTGRES_USER: 'myuser', POSTGRES_PASSWORD: 'mypassword', POSTGRES_DB: 'mydb' },
  resources: { cpu: 500, memory: 1024, disk: 2048 },
};

const config = sentServiceConfig.meta({
  id: 'ServiceConfig',
  description: 'Configuration of a service',
  examples: [EXAMPLE_CONFIG],
});
const id = z.string().meta({ description: 'Id of the service', examples: [EXAMPLE_ID] });
const name = serviceName.meta({
  description: 'Display name. It does not have to be unique',
  examples: ['my-postgres-db'],
});
const type = serviceType.meta({
  description: 'Purpose of the service. A tenant has at most one service of each type',
  examples: ['database'],
});
const description = serviceDescription
  .nullable()
  .meta({ examples: ['PostgreSQL database for my application'] });

export const serviceBody = z.strictObject({ name, type, description: description.optional(), config }).meta({
  id: 'CreateServiceRequest',
  description: 'A service to create',
  examples: [{ name: 'my-postgres-db', type: 'database', config: EXAMPLE_CONFIG }],
});

export const serviceChange = z
  .strictObject({
    name: name.optional(),
    type: type.optional(),
    description: description.optional(),
    config: config.optional(),
    clear: clearField('ClearableServiceField', ['description']),
  })
  .meta({
    id: 'UpdateServiceRequest',
    description: 'Omitted fields are unchanged; `config` is replaced entirely',
    examples: [{ config: EXAMPLE_CONFIG }],
  });

export const reason = z
  .object({
    code: z.enum(DEPLOYMENT_REASONS),
    message: z.string().meta({ examples: ['The instance is healthy.'] }),
  })
  .meta({ id: 'ServiceReason', description: 'The reason' });

const deploymentFields = {
  id: z.string().meta({ description: 'Id of the deployment', examples: [EXAMPLE_DEPLOYMENT] }),
  status: z.enum(DEPLOYMENT_STATUSES).meta({ description: '`pending` until the first instance has started' }),
  nomad_job_id: z.string().meta({
    description: 'A label that Muster does not interpret',
    examples: ['tenant-postgres-1704067200'],
  }),
};

const serviceReason = z
  .object({
    code: z.enum([...DEPLOYMENT_REASONS, ...SHORTFALL_REASONS]),
    message: z
      .string()
      .meta({ examples: ['0 of 1 instance is running. It waits for a node: 1 of 1 node lacks memory.'] }),
  })
  .meta({
    id: 'ServiceStatusReason',
    description:
      '`waiting`: an instance could not be placed on any node. `starting`: an instance is starting. Otherwise the failure of the latest deployment',
  });
const whySo = serviceReason
  .nullable()
  .optional()
  .meta({ description: 'Extension. Why the service failed or instances are missing. Null otherwise' });

export const deploymentLine = z
  .object({
    ...deploymentFields,
    started_at: moment.nullable().meta({ description: 'When the first instance started. Null before that' }),
    completed_at: moment
      .nullable()
      .meta({ description: 'When the deployment ended. Null while it is in progress' }),
    version: z
      .number()
      .int()
      .optional()
      .meta({ description: 'Extension. Number of the version within the service', examples: [1] }),
    reason: reason
      .nullable()
      .optional()
      .meta({ description: 'Extension. Reason for the result. Null while in progress' }),
  })
  .meta({ id: 'ServiceDeploymentLine', description: 'A deployment, in a list of services' });

export const endpoint = z
  .object(ENDPOINT)
  .meta({ id: 'ServiceEndpoint', description: "Address of an instance's port" });

const times = { created_at: moment, updated_at: moment };
const variable = z
  .object({
    name: z.string().meta({ examples: ['DB_PASSWORD'] }),
    value: z.string(),
    from: z
      .enum(['given', 'default', 'generated', 'unset'])
      .meta({ description: 'Where the value comes from' }),
    secret: z.boolean(),
  })
  .meta({ id: 'ServiceVariable', description: 'A template variable and its value' });
const doubtfulFields = {
  values_may_differ: z
    .array(z.string())
    .optional()
    .meta({
      description:
        'Extension. Variables whose values, also in the connection string, may not be those that the content of the volume has, because it was restored and versions have different values of them. A rollback to the version at the time of the backup takes its values. Absent if there are none',
      examples: [['DB_PASSWORD']],
    }),
  values_of_version: z
    .number()
    .int()
    .optional()
    .meta({
      description:
        'Extension. Version whose values the restored content has, if `values_may_differ` names some and Muster knows the archive. A rollback to any version, also to the latest one, then takes these values',
      examples: [1],
    }),
};

const ours = {
  variables: z
    .array(variable)
    .optional()
    .meta({ description: 'Extension. Template variables, shown only to callers who may change the service' }),
  connection_string: z
    .string()
    .nullable()
    .optional()
    .meta({
      description:
        'Extension. Connection string, shown only to callers who may change the service. Null if the service is not running',
      examples: ['postgres://app:secret@10.0.0.5:21034/app'],
    }),
  ...doubtfulFields,
  version: z
    .number()
    .int()
    .optional()
    .meta({ description: 'Extension. Latest version', examples: [1] }),
  endpoints: z
    .array(endpoint)
    .optional()
    .meta({ description: 'Extension. One for each port of each running instance' }),
  reason: whySo,
};

export const serviceView = z
  .object({
    id,
    name,
    type,
    status: z.enum(SERVICE_STATUSES),
    description,
    config,
    created_by: z.string(),
    ...times,
    ...ours,
  })
  .meta({
    id: 'Service',
    description: 'A service. Environment and variables are masked as `***` for callers who may not change it',
  });

/** The contract's response to a change does not contain the creator and the creation time. */
export const changedService = serviceView
  .extend({ created_by: z.string().optional(), created_at: moment.optional() })
  .meta({ id: 'UpdatedService', description: 'The changed service' });

export const serviceList = z
  .object({
    services: z.array(
      z
        .object({
          id,
          name,
          type,
          status: z.enum(SERVICE_STATUSES),
          reason: whySo,
          description,
          ...times,
          deployments: z.array(deploymentLine),
        })
        .meta({ id: 'ServiceLine', description: 'A service with its ten most recent deployments' }),
    ),
    total: z.number().int().meta({ description: "Number of the tenant's services that match the filter" }),
  })
  .meta({ id: 'ServiceList', description: 'Services of the tenant in order of creation' });

const step = moment.nullable();
export const deploymentView = z
  .object({
    ...deploymentFields,
    service_id: id,
    deployed_by: z.string().meta({ description: 'Id of the account, or `muster` for an automatic rollback' }),
    deployed_by_name: nameOfActor,
    created_at: moment,
    started_at: moment.nullable(),
    completed_at: moment.nullable(),
    number: z.number().int().meta({ description: '1-based number within the service' }),
    version: z.number().int(),
    because: z.enum(BECAUSE).meta({ description: 'Kind of request that led to the deployment' }),
    reason: reason.nullable(),
    steps: z.object({ placed: step, image_pulled: step, started: step, healthy: step }).meta({
      id: 'ServiceDeploymentSteps',
      description: 'Times at which the first instance reached each step of its start',
    }),
    instances: z.object({ wanted: z.number().int(), healthy: z.number().int() }).meta({
      id: 'ServiceInstances',
      description: 'Number of instances that should be running, and number of healthy instances',
    }),
    waits_for: z
      .string()
      .nullable()
      .meta({ description: 'Why an instance has not been placed. Null if all have been' }),
  })
  .meta({ id: 'ServiceDeployment', description: 'A rollout of a version' });

export const startedDeployment = z
  .object({
    message: z.string().meta({ examples: ['Service deployment started'] }),
    ...doubtfulFields,
    deployment: z
      .object({ ...deploymentFields, service_id: id, deployed_by: z.string(), created_at: moment })
      .meta({ id: 'StartedServiceDeployment', description: 'The new deployment' }),
  })
  .meta({ id: 'ServiceStarted', description: 'Deployment started' });

export const deploymentList = z
  .object({ deployments: z.array(deploymentView), total: z.number().int() })
  .meta({ id: 'ServiceDeploymentList', description: 'Deployments of a service, newest first' });

export const serviceDifference = difference.meta({ id: 'ServiceDifference', description: DIFFERENCE_MEANS });

export const versionList = z
  .object({
    versions: z.array(
      z
        .object({
          version: z.number().int(),
          because: z.enum(BECAUSE),
          from: z
            .number()
            .int()
            .nullable()
            .meta({ description: 'The version that this one restores. Null if it is not a rollback' }),
          created_by: z.string(),
          created_by_name: nameOfActor,
          created_at: moment,
          config,
          image_digest: z
            .string()
            .nullable()
            .meta({
              description:
                'Digest of the image that the first start used and that all later starts use, or the image id if it did not come from a registry. Null before the first start, or while the image is being resolved again',
              examples: ['postgres@sha256:1b1c7e4f2a6d0c3b5e8f9a7d6c4b2a1f0e9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b'],
            }),
          changes: z.array(serviceDifference).meta({ description: 'Differences from the previous version' }),
        })
        .meta({ id: 'ServiceVersion', description: 'A version of a service' }),
    ),
    total: z.number().int(),
  })
  .meta({ id: 'ServiceVersionList', description: 'Versions of a service, newest first' });

export const forceFlag = flag.meta({
  description:
    'Extension. Stop the running instance even if no node has room for the new version, and accept values of `initial` variables that were changed in the program itself',
});

export const rollbackBody = z
  .strictObject({
    version: z
      .number()
      .int()
      .min(1)
      .meta({ examples: [1] }),
  })
  .meta({ id: 'RollBackRequest', description: 'The version to restore' });

export const rotateBody = z
  .strictObject({
    variable: templateVariableName.meta({
      description: 'Variable of the template',
      examples: ['DB_PASSWORD'],
    }),
    value: variableValue.optional().meta({
      description: 'New value. Default: a generated one, if the template generates values of the variable',
    }),
  })
  .meta({
    id: 'RotateValueRequest',
    description: 'The variable to change',
    examples: [{ variable: 'DB_PASSWORD' }],
  });

export const logsView = z
  .object({
    logs: z.array(z.string()).meta({ examples: [['2024-01-01T00:00:00Z INFO: Starting PostgreSQL']] }),
  })
  .meta({ id: 'ServiceLogs', description: 'Log lines of the instances' });

const measured = z.number().nullable();
export const metricsView = z
  .object({
    metrics: z
      .object({
        cpu_usage: measured.meta({ description: 'Percentage of one core', examples: [45.2] }),
        memory_usage: measured.meta({ description: 'Bytes', examples: [536870912] }),
        allocation_id: z.string().nullable(),
        allocation_status: z.string().nullable(),
        node_id: z.string().nullable(),
      })
      .meta({
        id: 'ServiceMetrics',
        description: 'Metrics of the first running instance. Null if none is running',
      }),
  })
  .meta({ id: 'ServiceMetricsAnswer', description: 'Metrics of an instance' });

const usedPoint = z
  .object({
    at: moment.meta({ description: 'End of the interval' }),
    cpu_usage: measured,
    memory_usage: measured,
  })
  .meta({
    id: 'ServiceUsagePoint',
    description: 'Averages over 30 seconds: CPU as a percentage of one core, memory in bytes',
  });
export const usageView = z
  .object({
    interval_seconds: z
      .number()
      .meta({ description: 'Interval that each point covers, in seconds', examples: [30] }),
    instances: z.array(
      z
        .object({
          deployment: z.number().int(),
          allocation_id: z.string(),
          node_id: z.string(),
          points: z.array(usedPoint).meta({ description: 'Oldest first' }),
          problem: z
            .string()
            .nullable()
            .meta({
              description: 'Why there are no points. Null if there is no problem',
              examples: ['The node did not respond.'],
            }),
        })
        .meta({ id: 'ServiceInstanceUsage', description: 'Usage of an instance' }),
    ),
  })
  .meta({
    id: 'ServiceUsage',
    description: "Usage of a service's instances over the last hour, as measured by their agents",
  });

export const serviceParams = z.object({
  id: z
    .string()
    .max(256)
    .meta({ description: 'Id of the service', examples: [EXAMPLE_ID] }),
});
