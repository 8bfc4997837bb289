import { messageAlone, type Scope, type SurfacePlugin } from '#src/surfaces/kit/index.js';
import { AUDIT_DOCUMENT } from './document.js';
import { changedReads } from './changed.js';
import { changeReads } from './changes.js';
import { diffReads } from './diff.js';
import { momentReads } from './moments.js';
import { eventReads } from './routes.js';
import { tlogForks } from './tlog-forks.js';
import { tlogReads } from './tlog-routes.js';
import { whyReads } from './why/routes.js';

export const plugin: SurfacePlugin = {
  mounts: [{ prefix: '/audit' }],
  errorShape: messageAlone,
  document: AUDIT_DOCUMENT,
  routes: async (scope, host) => {
    eventReads(scope, host);
    await scope.register(async (history: Scope) => {
      host.positions.readsBehind(history);
      for (const reads of [changeReads, changedReads, diffReads, momentReads]) reads(history, host);
    });
    tlogReads(scope, host);
    tlogForks(scope, host);
    whyReads(scope, host);
  },
};
