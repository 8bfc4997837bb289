import { messageAlone, type SurfacePlugin } from '#src/surfaces/kit/index.js';
import { AUDIT_DOCUMENT } from './document.js';
import { eventReads } from './routes.js';

export const plugin: SurfacePlugin = {
  mounts: [{ prefix: '/audit' }],
  errorShape: messageAlone,
  document: AUDIT_DOCUMENT,
  routes: async (scope, host) => eventReads(scope, host),
};
