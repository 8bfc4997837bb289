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
} from '#domain/service/index.js';
import { clearField, difference, DIFFERENCE_MEANS, ENDPOINT, moment } from '#src/surfaces/kit/index.js';

const EXAMPLE_ID = '770e8400-e29b-41d4-a716-446655440000';
const EXAMPLE_DEPLOYMENT = '880e8400-e29b-41d4-a716-446655440000';
const EXAMPLE_CONFIG = {
  image: 'postgres:13',
  ports: [5432],
  environment: { POSTGRES_USER: 'myuser', POSTGRES_PASSWORD: 'mypassword', POSTGRES_DB: 'mydb' },
  resources: { cpu: 500, memory: 1024, disk: 2048 },
};

const config = sentServiceConfig.meta({ id: 'ServiceConfig', description: 'What a service is', examples: [EXAMPLE_CONFIG] });
const id = z.string().meta({ description: 'Id of the service', examples: [EXAMPLE_ID] });
const name = serviceName.meta({ description: 'What it is called; others may be called the same', examples: ['my-postgres-db'] });
const type = serviceType.meta({ description: 'What it is for; a tenant has one of each type', examples: ['database'] });
const description = serviceDescription.nullable().meta({ examples: ['PostgreSQL database for my application'] });

export const serviceBody = z
  .strictObject({ name, type, description: description.optional(), config })
  .meta({ id: 'CreateServiceRequest', description: 'A service', examples: [{ name: 'my-postgres-db', type: 'database', config: EXAMPLE_CONFIG }] });

export const serviceChange = z
  .strictObject({
    name: name.optional(),
    type: type.optional(),
    description: description.optional(),
    config: config.optional(),
    clear: clearField('ClearableServiceField', ['description']),
  })
  .meta({ id: 'UpdateServiceRequest', description: 'What is absent stays; `config` is replaced whole', examples: [{ config: EXAMPLE_CONFIG }] });

export const reason = z
  .object({ code: z.enum(DEPLOYMENT_REASONS), message: z.string().meta({ examples: ['Its instance is well.'] }) })
  .meta({ id: 'ServiceReason', description: 'Why it is so' });

const deploymentFields = {
  id: z.string().meta({ description: 'Id of the deployment', examples: [EXAMPLE_DEPLOYMENT] }),
  status: z.enum(DEPLOYMENT_STATUSES).meta({ description: '`pending` until one of its instances has started' }),
  nomad_job_id: z.string().meta({ description: 'A label, no key', examples: ['tenant-postgres-1704067200'] }),
};

const serviceReason = z
  .object({
    code: z.enum([...DEPLOYMENT_REASONS, ...SHORTFALL_REASONS]),
    message: z.string().meta({ examples: ['0 of 1 instance is running. It waits for a node: 1 of 1 nodes: unschedulable.'] }),
  })
  .meta({
    id: 'ServiceStatusReason',
    description: '`waiting`: an instance finds no node. `starting`: an instance is being started. Else how the newest deployment failed',
  });
const whySo = serviceReason.nullable().optional().meta({ description: 'Ours. Why it failed, or why instances are missing; null: neither is so' });

export const deploymentLine = z
  .object({
    ...deploymentFields,
    started_at: moment.nullable().meta({ description: 'When one of its instances first started; null: not yet' }),
    completed_at: moment.nullable().meta({ description: 'When it was settled; null: it goes on' }),
    version: z
      .number()
      .int()
      .optional()
      .meta({ description: 'Ours. Of the service', examples: [1] }),
    reason: reason.nullable().optional().meta({ description: 'Ours. How it ended; null: it goes on' }),
  })
  .meta({ id: 'ServiceDeploymentLine', description: 'A deployment, in a list of services' });

export const endpoint = z.object(ENDPOINT).meta({ id: 'ServiceEndpoint', description: 'Where a port of an instance is reached' });

const times = { created_at: moment, updated_at: moment };
const variable = z
  .object({
    name: z.string().meta({ examples: ['DB_PASSWORD'] }),
    value: z.string(),
    from: z.enum(['given', 'default', 'generated', 'unset']).meta({ description: 'How it came to its value' }),
    secret: z.boolean(),
  })
  .meta({ id: 'ServiceVariable', description: 'A variable of its template, as it is set' });
const ours = {
  variables: z.array(variable).optional().meta({ description: 'Ours. Of its template, to who may change the service' }),
  connection_string: z
    .string()
    .nullable()
    .optional()
    .meta({
      description: 'Ours. How clients reach it, to who may change the service; null: it does not run',
      examples: ['postgres://app:secret@10.0.0.5:21034/app'],
    }),
  version: z
    .number()
    .int()
    .optional()
    .meta({ description: 'Ours. Number of its newest version', examples: [1] }),
  endpoints: z.array(endpoint).optional().meta({ description: 'Ours. One for each port of each instance that runs' }),
  reason: whySo,
};

export const serviceView = z
  .object({ id, name, type, status: z.enum(SERVICE_STATUSES), description, config, created_by: z.string(), ...times, ...ours })
  .meta({ id: 'Service', description: 'A service. Environment and variables are `***` to who may not change it' });

/** The contract's response to a change contains neither creator nor time. */
export const changedService = serviceView
  .extend({ created_by: z.string().optional(), created_at: moment.optional() })
  .meta({ id: 'UpdatedService', description: 'A service as it was changed' });

export const serviceList = z
  .object({
    services: z.array(
      z
        .object({ id, name, type, status: z.enum(SERVICE_STATUSES), reason: whySo, description, ...times, deployments: z.array(deploymentLine) })
        .meta({ id: 'ServiceLine', description: 'A service with its newest ten deployments' }),
    ),
    total: z.number().int().meta({ description: 'Services of the tenant that fit what was asked' }),
  })
  .meta({ id: 'ServiceList', description: 'Services of the tenant, in the order in which they were made' });

const step = moment.nullable();
export const deploymentView = z
  .object({
    ...deploymentFields,
    service_id: id,
    deployed_by: z.string().meta({ description: 'Id of the account; `muster` where a version that failed gave way to the former one' }),
    created_at: moment,
    started_at: moment.nullable(),
    completed_at: moment.nullable(),
    number: z.number().int().meta({ description: 'Of the service, from 1 up' }),
    version: z.number().int(),
    because: z.enum(BECAUSE).meta({ description: 'What it was asked for with' }),
    reason: reason.nullable(),
    steps: z
      .object({ placed: step, image_pulled: step, started: step, healthy: step })
      .meta({ id: 'ServiceDeploymentSteps', description: 'When its first instance came so far' }),
    instances: z
      .object({ wanted: z.number().int(), healthy: z.number().int() })
      .meta({ id: 'ServiceInstances', description: 'How many should run by now, and are well' }),
    waits_for: z.string().nullable().meta({ description: 'Why an instance is not placed, in words; null: all are' }),
  })
  .meta({ id: 'ServiceDeployment', description: 'One rollout of one version' });

export const startedDeployment = z
  .object({
    message: z.string().meta({ examples: ['Service deployment started'] }),
    deployment: z
      .object({ ...deploymentFields, service_id: id, deployed_by: z.string(), created_at: moment })
      .meta({ id: 'StartedServiceDeployment', description: 'The deployment that was begun' }),
  })
  .meta({ id: 'ServiceStarted', description: 'It was begun' });

export const deploymentList = z
  .object({ deployments: z.array(deploymentView), total: z.number().int() })
  .meta({ id: 'ServiceDeploymentList', description: 'Deployments of a service, the newest first' });

export const serviceDifference = difference.meta({ id: 'ServiceDifference', description: DIFFERENCE_MEANS });

export const versionList = z
  .object({
    versions: z.array(
      z
        .object({
          version: z.number().int(),
          because: z.enum(BECAUSE),
          from: z.number().int().nullable().meta({ description: 'The version that it is again; null: none' }),
          created_by: z.string(),
          created_at: moment,
          config,
          image_digest: z
            .string()
            .nullable()
            .meta({
              description:
                'The image that it was first seen to run, and that each further instance is begun from: by its digest, or by its id where it came from no registry. Null: it has not run yet, or its image is looked for again',
              examples: ['postgres@sha256:1b1c7e4f2a6d0c3b5e8f9a7d6c4b2a1f0e9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b'],
            }),
          changes: z.array(serviceDifference).meta({ description: 'What differs from the version before it' }),
        })
        .meta({ id: 'ServiceVersion', description: 'A version of a service' }),
    ),
    total: z.number().int(),
  })
  .meta({ id: 'ServiceVersionList', description: 'Versions of a service, the newest first' });

export const rollbackBody = z
  .strictObject({
    version: z
      .number()
      .int()
      .min(1)
      .meta({ examples: [1] }),
  })
  .meta({ id: 'RollBackRequest', description: 'The version to go back to' });

export const logsView = z
  .object({ logs: z.array(z.string()).meta({ examples: [['2024-01-01T00:00:00Z INFO: Starting PostgreSQL']] }) })
  .meta({ id: 'ServiceLogs', description: 'Lines of its instances' });

const measured = z.number().nullable();
export const metricsView = z
  .object({
    metrics: z
      .object({
        cpu_usage: measured.meta({ description: 'Percent of one core', examples: [45.2] }),
        memory_usage: measured.meta({ description: 'Bytes', examples: [536870912] }),
        allocation_id: z.string().nullable(),
        allocation_status: z.string().nullable(),
        node_id: z.string().nullable(),
      })
      .meta({ id: 'ServiceMetrics', description: 'Of its first instance; null where nothing runs' }),
  })
  .meta({ id: 'ServiceMetricsAnswer', description: 'How an instance is' });

const usedPoint = z
  .object({ at: moment.meta({ description: 'End of its half minute' }), cpu_usage: measured, memory_usage: measured })
  .meta({ id: 'ServiceUsagePoint', description: 'Means of half a minute: percent of one core, bytes' });
export const usageView = z
  .object({
    interval_seconds: z.number().meta({ description: 'What a point is a mean of', examples: [30] }),
    instances: z.array(
      z
        .object({
          ...{ deployment: z.number().int(), allocation_id: z.string(), node_id: z.string() },
          points: z.array(usedPoint).meta({ description: 'Oldest first' }),
          problem: z
            .string()
            .nullable()
            .meta({ description: 'Why there are no points; null: there may be', examples: ['Its node did not say.'] }),
        })
        .meta({ id: 'ServiceInstanceUsage', description: 'What an instance used' }),
    ),
  })
  .meta({ id: 'ServiceUsage', description: 'What the instances of a service used over the last hour, as their agents measured it' });

export const serviceParams = z.object({
  id: z
    .string()
    .max(256)
    .meta({ description: 'Id of the service', examples: [EXAMPLE_ID] }),
});
