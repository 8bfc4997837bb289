import type { RecordedMusterEvent } from '#domain/event-types/index.js';
import type { EnvironmentEventOf } from '#domain/environments/environment/index.js';
import type { Recorded } from '#domain/kernel/event/index.js';
import { projection } from '../projection.js';

/** A generation without its content, which is in `environmentPackages` and `environmentLocks`. */
export interface GenerationEntry {
  readonly number: number;
  readonly backend: string;
  readonly hash: string;
  readonly python: string | null;
  readonly packages: number;
  readonly disk: number | null;
  readonly at: number;
}

/**
 * `environments`, id = environment id. Indexes: `tenant` (once something was built), `name` (tenant and name), `createdAt` (tenant and time, to list
 * the newest). Times are in milliseconds since the epoch.
 */
export interface EnvironmentDocument {
  readonly environmentId: string;
  readonly tenantId: string;
  readonly createdBy: string;
  readonly name: string;
  readonly generations: readonly GenerationEntry[];
  readonly current: number | null;
  readonly newestBuild: number;
  /** The build that ended last, whatever its outcome. With it, failed builds are among the changes of the environment. Null before the first one. */
  readonly endedBuild: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export const environments = projection<EnvironmentDocument>({
  name: 'environments',
  version: 5,
  events: [
    'EnvironmentCreated',
    'EnvironmentRenamed',
    'EnvironmentBuildRequested',
    'EnvironmentBuilt',
    'EnvironmentPlanned',
    'EnvironmentBuildFailed',
    'EnvironmentBuildCancelled',
    'EnvironmentRolledBack',
    'EnvironmentDeleted',
  ],
  indexes: {
    tenant: ({ tenantId, current }) => (current === null ? undefined : tenantId),
    name: ({ tenantId, name }) => environmentNameValue(tenantId, name),
  },
  touches: ({ data }) => ('environmentId' in data ? [data.environmentId] : []),
  evolve: (environment, event) => {
    if (event.type === 'EnvironmentCreated') return created(event);
    return environment && changed(environment, event);
  },
});

export function environmentNameValue(tenantId: string, name: string): string {
  return JSON.stringify([tenantId, name.normalize('NFC')]);
}

export function currentEntry({ generations, current }: EnvironmentDocument): GenerationEntry | undefined {
  return generations.find(({ number }) => number === current);
}

function created({
  data,
  metadata: { at },
}: Recorded<EnvironmentEventOf<'EnvironmentCreated'>>): EnvironmentDocument {
  const { environmentId, tenantId, createdBy, name } = data;
  return {
    environmentId,
    tenantId,
    createdBy,
    name,
    generations: [],
    current: null,
    newestBuild: 0,
    endedBuild: null,
    createdAt: at,
    updatedAt: at,
  };
}

function changed(
  environment: EnvironmentDocument,
  event: RecordedMusterEvent,
): EnvironmentDocument | undefined {
  const { at } = event.metadata;
  switch (event.type) {
    case 'EnvironmentRenamed':
      return { ...environment, name: event.data.name, updatedAt: at };
    case 'EnvironmentBuildRequested':
      return { ...environment, newestBuild: event.data.build };
    case 'EnvironmentBuilt': {
      const { build, keptFrom } = event.data;
      const kept = environment.generations.filter(({ number }) => number >= keptFrom);
      const generations = [...kept, entry(event)];
      return { ...environment, generations, current: build, endedBuild: build, updatedAt: at };
    }
    case 'EnvironmentPlanned':
    case 'EnvironmentBuildFailed':
    case 'EnvironmentBuildCancelled':
      return { ...environment, endedBuild: event.data.build };
    case 'EnvironmentRolledBack':
      return { ...environment, current: event.data.generation, updatedAt: at };
    case 'EnvironmentDeleted':
      return undefined;
    default:
      return environment;
  }
}

function entry({
  data,
  metadata: { at },
}: Recorded<EnvironmentEventOf<'EnvironmentBuilt'>>): GenerationEntry {
  const { build, backend, hash, lock, disk } = data;
  return {
    number: build,
    backend,
    hash,
    python: lock.python ?? null,
    packages: lock.packages.length + lock.pip.length,
    disk,
    at,
  };
}
