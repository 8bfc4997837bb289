import { z } from 'zod';

/** What the ids of services' jobs begin with. */
export const SERVICE_JOBS = 'service.';

export const serviceId = z.uuid();
export const deploymentId = z.uuid();
/** Number of a deployment within its service, from 1 up. */
export const deploymentNumber = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);
/** Number of a version of a service, from 1 up. */
export const versionNumber = deploymentNumber;

/** The job of a deployment: one, under an id that no other can have. */
export function deploymentJobOf(service: string, number: number): string {
  return `${SERVICE_JOBS}${service}.${number}`;
}

const DEPLOYMENT_JOB = /^service\.([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([1-9]\d{0,15})$/;

/** The deployment that a job carries out; undefined where it is none. */
export function deploymentOf(jobId: string): { readonly serviceId: string; readonly number: number } | undefined {
  if (!jobId.startsWith(SERVICE_JOBS)) return undefined;
  const [, service, number] = DEPLOYMENT_JOB.exec(jobId) ?? [];
  return service === undefined || number === undefined ? undefined : { serviceId: service, number: Number(number) };
}

/** Its id in read models. */
export function deploymentKeyOf(service: string, number: number): string {
  return `${service}.${number}`;
}

/** What a service's volume is called on the fleet: no other service can name it by chance. */
export function serviceVolumeOf(service: string, name: string): string {
  return `${SERVICE_JOBS}${service}.${name}`;
}

/** A label of a deployment, as the contract writes it: `<tenant>-<name>-<unix seconds>`. No key: two may be alike. */
export function deploymentLabel(tenantId: string, name: string, at: number): string {
  return `${tenantId.slice(0, 8)}-${name}-${Math.floor(at / 1000)}`;
}
