import type { LoadedSurface } from '#src/surfaces/kit/index.js';
import { SURFACES } from './list.js';

/** Surfaces to come. An API key can be for one already, and opens nothing until it is there. */
const COMING: readonly string[] = ['tasks', 'conda', 'services'];

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

/** What an API key can be for. */
export function keyScopes(surfaces: readonly LoadedSurface[]): string[] {
  return [...new Set([...surfaces.map(({ declaration }) => declaration.name), ...COMING])];
}
