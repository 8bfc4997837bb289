import { historyReads, type HistoryParts } from '#src/features/history/routes.js';
import { whyReads, type WhyParts } from '#src/features/why/routes.js';
import { messageAlone } from '#src/http/index.js';
import type { SurfacePlugin } from '#src/surfaces/surface.js';
import { AUDIT_DOCUMENT } from './document.js';
import { tlogForks } from './tlog-forks.js';
import { tlogReads, type ProofParts } from './tlog-routes.js';

/** What this surface uses of the server. */
export type AuditParts = HistoryParts & WhyParts & ProofParts;

export const plugin: SurfacePlugin<unknown, AuditParts> = {
  mounts: [{ prefix: '/audit' }],
  errorShape: messageAlone,
  document: AUDIT_DOCUMENT,
  routes: async (scope, host) => {
    for (const reads of [historyReads, tlogReads, tlogForks, whyReads]) reads(scope, host);
  },
};
