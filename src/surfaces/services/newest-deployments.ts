import type { Clock } from '#domain/kernel/ports/clock.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import {
  serviceDeployments,
  type ServiceDeploymentDocument,
} from '#projections/services/service-deployments.js';
import { newestFirst, read } from '#src/http/index.js';

/** Maximum number of attempts to read a list whose newest entry is missing, and the delay between them in milliseconds. */
const ATTEMPTS = 10;
const AGAIN_MS = 50;

/**
 * Returns the latest deployments, below the number of `before` if it is set. A store may write the documents of one append separately, so a failed
 * deployment can appear before its rollback. Each document contains the number of its successors, so an incomplete list is detected and read again.
 */
export async function newestDeployments(
  {
    readModels,
    clock,
  }: { readonly readModels: Pick<ReadModels, 'list'>; readonly clock: Pick<Clock, 'sleep'> },
  serviceId: string,
  limit: number,
  before?: string,
): Promise<readonly ServiceDeploymentDocument[]> {
  for (let looks = 1; ; looks += 1) {
    const found: ServiceDeploymentDocument[] = [];
    for await (const stored of newestFirst(
      readModels,
      serviceDeployments.name,
      { index: 'service', value: serviceId },
      limit,
      before,
    ))
      found.push(read<ServiceDeploymentDocument>(stored));
    const newest = Math.max(...found.map(({ number, retention }) => number + retention.later));
    if (before !== undefined || found.length === 0 || found[0]?.number === newest || looks === ATTEMPTS)
      return found;
    await clock.sleep(AGAIN_MS);
  }
}
