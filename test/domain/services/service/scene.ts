import {
  deploymentLabel,
  type Configuration,
  type DeploymentReason,
  type RolloutPlan,
  type ServiceCommand,
  type ServiceEvent,
} from '#domain/services/service/index.js';

export const SERVICE = '770e8400-e29b-41d4-a716-446655440000';
export const BY = '550e8400-e29b-41d4-a716-446655440000';
export const WELL: DeploymentReason = { code: 'healthy', message: 'The instance is healthy.' };
export const ILL: DeploymentReason = { code: 'failed', message: 'An instance failed: exit code 1' };

/** A configuration identified by its image. */
export function configuration(
  image: string,
  more: Partial<Configuration['config']> = {},
  volumes = false,
): Configuration {
  const held = [{ name: `service.${SERVICE}.data`, path: '/data' }];
  const task = { name: 'main', driver: 'docker', config: { image }, ...(volumes && { volumes: held }) };
  return {
    config: { image, ...more },
    digest: JSON.stringify([image, more, volumes]),
    work: { name: 'service', tasks: [task] },
  };
}

export const created: ServiceCommand = {
  kind: 'create',
  service: {
    serviceId: SERVICE,
    tenantId: 'tenant-1',
    createdBy: BY,
    type: 'web',
    name: 'shop',
    description: null,
  },
  configuration: configuration('shop:1'),
};
export const start: ServiceCommand = { kind: 'start', by: BY, now: 1_000_000 };
export const stop: ServiceCommand = { kind: 'stop', by: BY };
export const restart: ServiceCommand = { kind: 'restart', by: BY };
export const change = (to: Configuration): ServiceCommand => ({
  kind: 'change',
  configuration: to,
  by: BY,
  now: 1_000_000,
});
export const complete = (number: number): ServiceCommand => ({
  kind: 'settle',
  number,
  outcome: 'completed',
  reason: WELL,
  now: 1_000_000,
});
export const fail = (number: number): ServiceCommand => ({
  kind: 'settle',
  number,
  outcome: 'failed',
  reason: ILL,
  now: 1_000_000,
});

export const PLAN: RolloutPlan = {
  count: 1,
  maxParallel: 1,
  minHealthySeconds: 5,
  progressDeadlineSeconds: 300,
  stopFirst: false,
};

export function createdEvents(first: Configuration = configuration('shop:1')): ServiceEvent[] {
  return [
    {
      type: 'ServiceCreated',
      data: {
        serviceId: SERVICE,
        tenantId: 'tenant-1',
        createdBy: BY,
        type: 'web',
        name: 'shop',
        description: null,
      },
    },
    {
      type: 'ServiceConfigured',
      data: { serviceId: SERVICE, version: 1, ...first, because: 'created', by: BY },
    },
  ];
}

export const label = deploymentLabel('tenant-1', 'shop', 1_000_000);
