import type { SurfaceDeclaration } from '#src/surfaces/surface.js';
import type { ConsoleParts } from './parts.js';

export type { ConsoleParts };

/** The web console: its API and its files. */
export const webConsole = {
  name: 'console',
  projections: [],
  load: async () => (await import('./plugin.js')).plugin,
} satisfies SurfaceDeclaration<unknown, ConsoleParts>;
