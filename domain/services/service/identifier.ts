import { z } from 'zod';

/** Prefix of the ids of the jobs of services. */
export const SERVICE_JOBS = 'service.';

export const serviceId = z.uuid();
export const deploymentId = z.uuid();
export const deploymentNumber = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);
export const versionNumber = deploymentNumber;

export function deploymentJobOf(service: string, number: number): string {
  return `${SERVICE_JOBS}${service}.${number}`;
}

const DEPLOYMENT_JOB =
  /^service\.([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([1-9]\d{0,15})$/;

/** Returns the deployment to which a job belongs, or undefined if it belongs to none. */
export function deploymentOf(
  jobId: string,
): { readonly serviceId: string; readonly number: number } | undefined {
  if (!jobId.startsWith(SERVICE_JOBS)) return undefined;
  const [, service, number] = DEPLOYMENT_JOB.exec(jobId) ?? [];
  return service === undefined || number === undefined
    ? undefined
    : { serviceId: service, number: Number(number) };
}

export function deploymentKeyOf(service: string, number: number): string {
  return `${service}.${number}`;
}

/** Cluster-wide volume name, which no other service can use by accident. */
export function serviceVolumeOf(service: string, name: string): string {
  return `${SERVICE_JOBS}${service}.${name}`;
}

export function deploymentLabel(tenantId: string, name: string, at: number): string {
  return `${tenantId.slice(0, 8)}-${name}-${Math.floor(at / 1000)}`;
}
