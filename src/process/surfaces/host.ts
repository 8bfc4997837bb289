import { MAX_DRY_RUNS } from '#src/fleet/scheduler/index.js';
import { AccountQueues, Followers, Positions, type ApiLimits, type SurfaceHost } from '#src/http/index.js';
import type { SurfaceParts } from './list.js';
import { adminScopes, keyScopes, type Loaded } from './load.js';

/** Maximum number of reads that examine many events at the same time. A share of it is for operators, who are not limited. */
const MAX_LOG_READS = 64;

/** Creates what all surfaces share. */
export function surfaceHost(
  parts: SurfaceParts,
  surfaces: readonly Loaded[],
  limits: ApiLimits,
): SurfaceHost<SurfaceParts> {
  return {
    parts,
    limits,
    positions: new Positions(parts.readModels, limits.waitMs, limits.lag),
    followers: new Followers({ all: limits.followers, perAccount: limits.followersPerAccount }, parts.clock),
    queues: {
      dryRuns: new AccountQueues({ all: MAX_DRY_RUNS, what: 'dry runs' }),
      logReads: new AccountQueues({ all: MAX_LOG_READS, what: 'reads of the log' }),
    },
    scopes: keyScopes(surfaces),
    adminScopes: adminScopes(surfaces),
  };
}
