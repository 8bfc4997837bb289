import { gpuClaimDecisions } from '#projections/gpu/gpu-claim-decisions.js';
import { gpuClaims } from '#projections/gpu/gpu-claims.js';
import type { SurfaceDeclaration } from '#src/surfaces/surface.js';
import { gpuSettings, type GpuSettings } from './settings.js';
import type { GpuParts } from './surface.js';

export type { GpuParts };

export const gpu = {
  name: 'gpu',
  projections: [gpuClaims, gpuClaimDecisions],
  settings: gpuSettings,
  load: async () => (await import('./plugin.js')).plugin,
} satisfies SurfaceDeclaration<GpuSettings, GpuParts>;
