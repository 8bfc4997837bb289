import type { DocumentSource } from '#src/fleet/nodes/index.js';
import type { LoadedSurface } from '#src/surfaces/surface.js';
import { SURFACES, type SurfaceParts } from './list.js';

export type Loaded = LoadedSurface<SurfaceParts>;

export async function loadSurfaces(declarations = SURFACES): Promise<readonly Loaded[]> {
  const loaded = await Promise.all(
    declarations.map(async (declaration) => {
      const served = await declaration.load?.();
      return served === undefined ? [] : [{ declaration, served }];
    }),
  );
  return loaded.flat();
}

/** Adds the texts that the surfaces provide for nodes. */
export function addDocuments(
  sources: DocumentSource[],
  surfaces: readonly Loaded[],
  parts: SurfaceParts,
): void {
  sources.push(...surfaces.flatMap(({ served }) => served.documents?.(parts) ?? []));
}

export function adminScopes(surfaces: readonly Loaded[]): string[] {
  return surfaces.flatMap(({ declaration: { name }, served: { administrators = [] } }) =>
    administrators.map((right) => `${name}:${right}`),
  );
}

export function keyScopes(surfaces: readonly Loaded[]): string[] {
  return surfaces.flatMap(({ declaration: { name }, served: { rights = [] } }) => [
    name,
    ...rights.map((right) => `${name}:${right}`),
  ]);
}
