import { messageAlone } from '#src/http/index.js';
import type { SurfacePlugin } from '#src/surfaces/surface.js';
import { CONSOLE_DOCUMENT } from './document.js';
import { changeRoutes } from './routes/changes.js';
import { eventReads } from './routes/event.js';
import { files } from './routes/files.js';
import { listReads } from './routes/lists.js';
import { me } from './routes/me.js';
import { overviewReads } from './routes/overview.js';
import { sessionRoutes } from './routes/session.js';
import type { ConsoleParts } from './parts.js';
import { ConsoleSurface } from './surface.js';

export const plugin: SurfacePlugin<unknown, ConsoleParts> = {
  mounts: [{ prefix: '/console' }],
  errorShape: messageAlone,
  document: CONSOLE_DOCUMENT,
  routes: async (app, host) => {
    const surface = new ConsoleSurface(host);
    sessionRoutes(app, surface);
    files(app);
    for (const resource of [me, changeRoutes, eventReads, listReads, overviewReads]) resource(app, surface);
  },
};
