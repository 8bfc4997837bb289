import { messageAlone, type SurfacePlugin } from '#src/http/index.js';
import { AUDIT_DOCUMENT } from './document.js';
import { changedReads } from './changed.js';
import { changeReads } from './changes.js';
import { diffReads } from './diff.js';
import { momentReads } from './moments.js';
import { eventReads } from './routes.js';
import { tlogForks } from './tlog-forks.js';
import { tlogReads } from './tlog-routes.js';
import { whyReads } from './why/routes.js';

const RESOURCES = [
  eventReads,
  changeReads,
  changedReads,
  diffReads,
  momentReads,
  tlogReads,
  tlogForks,
  whyReads,
];

export const plugin: SurfacePlugin = {
  mounts: [{ prefix: '/audit' }],
  errorShape: messageAlone,
  document: AUDIT_DOCUMENT,
  routes: async (scope, host) => {
    for (const resource of RESOURCES) resource(scope, host);
  },
};
