import type { SurfaceDeclaration } from '#src/http/index.js';

/** The web console: its API and its files. */
export const webConsole = {
  name: 'console',
  projections: [],
  load: async () => (await import('./plugin.js')).plugin,
} satisfies SurfaceDeclaration;
