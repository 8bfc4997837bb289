import type { SurfaceDeclaration } from '#src/surfaces/surface.js';
import type { AuditParts } from './plugin.js';

export type { AuditParts };

/** The recorded history. It has no external contract. */
export const audit = {
  name: 'audit',
  projections: [],
  load: async () => (await import('./plugin.js')).plugin,
} satisfies SurfaceDeclaration<unknown, AuditParts>;
