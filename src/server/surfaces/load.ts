import type { LoadedSurface } from '#src/http/index.js';
import { SURFACES } from './list.js';

export async function loadSurfaces(declarations = SURFACES): Promise<readonly LoadedSurface[]> {
  const loaded = await Promise.all(
    declarations.map(async (declaration) => {
      const served = await declaration.load?.();
      return served === undefined ? [] : [{ declaration, served }];
    }),
  );
  return loaded.flat();
}

export function adminScopes(surfaces: readonly LoadedSurface[]): string[] {
  return surfaces.flatMap(({ declaration: { name }, served: { administrators = [] } }) =>
    administrators.map((right) => `${name}:${right}`),
  );
}

export function keyScopes(surfaces: readonly LoadedSurface[]): string[] {
  return surfaces.flatMap(({ declaration: { name }, served: { rights = [] } }) => [
    name,
    ...rights.map((right) => `${name}:${right}`),
  ]);
}
