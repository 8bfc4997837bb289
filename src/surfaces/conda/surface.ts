import { SurfaceCalls, type SurfaceHost } from '#src/surfaces/kit/index.js';

export const CONDA_SURFACE = 'conda';

/** What every route of the conda surface has to hand. */
export class CondaSurface extends SurfaceCalls {
  constructor(host: SurfaceHost) {
    super(CONDA_SURFACE, host);
  }
}
