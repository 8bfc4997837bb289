import type { z } from 'zod';
import type { Recorded } from '#domain/kernel/event/index.js';
import {
  blockedMessage,
  deploymentStatus,
  SERVICE_GROUP,
  shortfallOf,
  withoutPulls,
  type ServiceConfig,
  type ServiceEvent,
  type StoredConfig,
} from '#domain/services/service/index.js';
import { connectionTo, templateOfJobFile } from '#domain/services/template/index.js';
import { healthySince, slotsOf } from '#domain/work/index.js';
import type { ServiceDeploymentDocument } from '#projections/services/service-deployments.js';
import {
  activeWorkIn,
  SHOWN_DEPLOYMENTS,
  type DeploymentLine,
  type ServiceDocument,
} from '#projections/services/services.js';
import { MASK, wireTime } from '#src/http/index.js';
import type { SecretPart } from './configurations.js';
import type {
  deploymentLine,
  deploymentView,
  endpoint,
  serviceList,
  serviceView,
  startedDeployment,
} from './contract/service.js';

type Endpoint = z.input<typeof endpoint>;
const timeOrNull = (at: number | null): string | null => (at === null ? null : wireTime(at));

/** Returns the configuration as submitted. `secret` is undefined if the caller may not see secrets. */
export function configView(
  { environment, custom_variables, nomad_job_file: file, ...open }: StoredConfig,
  secret: SecretPart | undefined,
): ServiceConfig {
  const shown = <Value>(
    names: readonly string[],
    values: Readonly<Record<string, Value>> | undefined,
  ): Record<string, Value | string> =>
    Object.fromEntries(names.map((name) => [name, secret === undefined ? MASK : (values?.[name] ?? MASK)]));
  return {
    ...open,
    ...(file !== undefined && { nomad_job_file: jobFileView(file, secret) }),
    ...(environment !== undefined && { environment: shown<string>(environment, secret?.environment) }),
    ...(custom_variables !== undefined && {
      custom_variables: shown(custom_variables, secret?.custom_variables),
    }),
  };
}

function jobFileView(stored: string, secret: SecretPart | undefined): string {
  if (templateOfJobFile(stored) !== undefined) return stored;
  return secret === undefined ? MASK : (secret.nomad_job_file ?? stored);
}

type Shown = Omit<ServiceDocument, 'failed' | 'tenantId' | 'sealed' | 'template'>;

export function viewService(
  service: Shown,
  secret: SecretPart | undefined,
  endpoints: readonly Endpoint[],
): z.input<typeof serviceView> {
  const { serviceId, name, type, status, description, config, createdBy, createdAt, updatedAt, version } =
    service;
  return {
    id: serviceId,
    name,
    type,
    status,
    description,
    config: configView(config, secret),
    created_by: createdBy,
    created_at: wireTime(createdAt),
    updated_at: wireTime(updatedAt),
    version,
    endpoints: [...endpoints],
    reason: reasonOf(service),
    ...(secret?.variables !== undefined && { variables: [...secret.variables] }),
    ...(secret?.connection !== undefined && {
      connection_string: connectionOf(secret.connection, endpoints),
    }),
  };
}

function reasonOf(
  service: Pick<ServiceDocument, 'deployments' | 'failure'>,
): z.input<typeof serviceView>['reason'] {
  return shortfallOf(activeWorkIn(service)) ?? service.failure;
}

function connectionOf(connection: string, [first]: readonly Endpoint[]): string | null {
  return first === undefined ? null : connectionTo(connection, first.address);
}

export function viewLine(service: ServiceDocument): z.input<typeof serviceList>['services'][number] {
  const { serviceId, name, type, status, description, createdAt, updatedAt, deployments } = service;
  return {
    id: serviceId,
    name,
    type,
    status,
    description,
    created_at: wireTime(createdAt),
    updated_at: wireTime(updatedAt),
    reason: reasonOf(service),
    deployments: deployments.slice(0, SHOWN_DEPLOYMENTS).map(viewDeploymentLine),
  };
}

function viewDeploymentLine(line: DeploymentLine): z.input<typeof deploymentLine> {
  const { deploymentId, label, startedAt, settledAt, version, reason } = line;
  return {
    id: deploymentId,
    status: deploymentStatus(line.outcome, startedAt),
    nomad_job_id: label,
    started_at: timeOrNull(startedAt),
    completed_at: timeOrNull(settledAt),
    version,
    reason,
  };
}

export function viewDeployment(
  deployment: ServiceDeploymentDocument,
  deployedByName: string | null,
): z.input<typeof deploymentView> {
  const {
    serviceId,
    deploymentId,
    label,
    by,
    requestedAt,
    settledAt,
    number,
    version,
    because,
    reason,
    steps,
    standing,
    work,
  } = deployment;
  const slots = slotsOf(withoutPulls(work), SERVICE_GROUP);
  const healthy = slots.filter((slot) => healthySince(slot) !== null).length;
  return {
    id: deploymentId,
    status: deploymentStatus(deployment.outcome, steps.started),
    nomad_job_id: label,
    service_id: serviceId,
    deployed_by: by,
    deployed_by_name: deployedByName,
    created_at: wireTime(requestedAt),
    started_at: timeOrNull(steps.started),
    completed_at: timeOrNull(settledAt),
    number,
    version,
    because,
    reason,
    steps: {
      placed: timeOrNull(steps.placed),
      image_pulled: timeOrNull(steps.prepared),
      started: timeOrNull(steps.started),
      healthy: timeOrNull(steps.healthy),
    },
    instances: { wanted: standing.kind === 'over' ? 0 : standing.instances, healthy },
    waits_for: standing.kind !== 'over' && work.blocked !== null ? blockedMessage(work.blocked) : null,
  };
}

export function viewStarted({
  data,
  metadata,
}: Extract<Recorded<ServiceEvent>, { type: 'DeploymentRequested' }>): z.input<
  typeof startedDeployment
>['deployment'] {
  const { serviceId, deploymentId, label, by } = data;
  return {
    id: deploymentId,
    status: 'pending',
    nomad_job_id: label,
    service_id: serviceId,
    deployed_by: by,
    created_at: wireTime(metadata.at),
  };
}
