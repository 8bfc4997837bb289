import type { LoadedSurface } from '#src/surfaces/kit/index.js';
import { SURFACES } from './list.js';

/** All of the surfaces that serve something, in the order of the list. */
export async function loadSurfaces(declarations = SURFACES): Promise<readonly LoadedSurface[]> {
  const loaded = await Promise.all(
    declarations.map(async (declaration) => {
      const served = await declaration.load?.();
      return served === undefined ? [] : [{ declaration, served }];
    }),
  );
  return loaded.flat();
}
