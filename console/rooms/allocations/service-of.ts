const DEPLOYMENT_JOB = /^service\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.\d+$/;

/** Returns the id of the service that a job deploys, if any. */
export function serviceOf(job: string): string | undefined {
  return DEPLOYMENT_JOB.exec(job)?.[1];
}
