import type { Lock } from '#domain/drivers/conda/index.js';
import { environmentEvents } from '#domain/environments/environment/events.js';
import { only } from '#domain/kernel/event/index.js';
import { lockId } from './environment-locks.js';
import { projection } from '#domain/kernel/projection.js';

/**
 * `environmentPackages`, id = environment and generation. Indexes: `environment`, `current` (the tenant, for current generations only, which lists
 * read).
 */
export interface EnvironmentPackagesDocument {
  readonly environmentId: string;
  readonly tenantId: string;
  readonly generation: number;
  readonly current: boolean;
  /**
   * `name==version` of each package, sorted by name and separated by spaces. This is one string, because lists read it for all environments, and
   * arrays of pairs took ten times as long.
   */
  readonly packages: string;
}

const EVENTS = only(environmentEvents, 'EnvironmentBuilt', 'EnvironmentRolledBack', 'EnvironmentDeleted');

export const environmentPackages = projection<EnvironmentPackagesDocument, typeof EVENTS>({
  name: 'environmentPackages',
  version: 1,
  events: EVENTS,
  indexes: {
    environment: ({ environmentId }) => environmentId,
    current: ({ tenantId, current }) => (current ? tenantId : undefined),
  },
  touches: ({ type, data }) => {
    switch (type) {
      case 'EnvironmentBuilt':
        return [lockId(data.environmentId, data.build), { where: 'environment', equals: data.environmentId }];
      case 'EnvironmentRolledBack':
        return [lockId(data.environmentId, data.before), lockId(data.environmentId, data.generation)];
      case 'EnvironmentDeleted':
        return [{ where: 'environment', equals: data.environmentId }];
    }
  },
  evolve: (known, { type, data }) => {
    switch (type) {
      case 'EnvironmentBuilt': {
        const { environmentId, tenantId, build, lock, keptFrom } = data;
        if (known === undefined)
          return { environmentId, tenantId, generation: build, current: true, packages: packagesOf(lock) };
        return known.generation < keptFrom ? undefined : { ...known, current: known.generation === build };
      }
      case 'EnvironmentRolledBack':
        return known && { ...known, current: known.generation === data.generation };
      case 'EnvironmentDeleted':
        return undefined;
    }
  },
});

export function packagesOf({ packages, pip }: Lock): EnvironmentPackagesDocument['packages'] {
  const named = [...packages, ...pip].sort(({ name: one }, { name: other }) => (one < other ? -1 : 1));
  return named.map(({ name, version }) => `${name}==${version}`).join(' ');
}

export function packageLines({ packages }: Pick<EnvironmentPackagesDocument, 'packages'>): string[] {
  return packages === '' ? [] : packages.split(' ');
}

/** Returns the name and version of each package, sorted by name. */
export function packagesIn(
  of: Pick<EnvironmentPackagesDocument, 'packages'>,
): (readonly [name: string, version: string])[] {
  return packageLines(of).map((line) => {
    const end = line.indexOf('==');
    return [line.slice(0, end), line.slice(end + 2)];
  });
}
