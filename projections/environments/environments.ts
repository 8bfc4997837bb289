import { userEvents } from '#domain/accounts/user/events.js';
import { environmentEvents } from '#domain/environments/environment/events.js';
import { only, type RecordedOf } from '#domain/kernel/event/index.js';
import { DUE_IMMEDIATELY, dueValue } from '#domain/work/due.js';
import { ownerEndOf, type OwnerEnd } from '#domain/work/owner-end.js';
import { projection } from '#domain/kernel/projection.js';

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
 * the newest), `owner`, `due` (the end of its owner's account is to be carried out). Times are in milliseconds since the epoch.
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
  /** Builds that were requested and have not ended. */
  readonly openBuilds: readonly number[];
  /** The end of its owner's account, until the builds are cancelled or the environment is handed over. */
  readonly ownerEnd?: OwnerEnd;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const EVENTS = {
  ...only(environmentEvents, 'EnvironmentCreated', 'EnvironmentRenamed', 'EnvironmentBuildRequested'),
  ...only(environmentEvents, 'EnvironmentBuilt', 'EnvironmentPlanned', 'EnvironmentBuildFailed'),
  ...only(environmentEvents, 'EnvironmentBuildCancelled', 'EnvironmentRolledBack'),
  ...only(environmentEvents, 'EnvironmentOwnerChanged', 'EnvironmentDeleted'),
  ...only(userEvents, 'UserErased', 'UserDeactivated'),
};
type Event = RecordedOf<typeof EVENTS>;
type EventOf<Type extends Event['type']> = Extract<Event, { type: Type }>;

export const environments = projection<EnvironmentDocument, typeof EVENTS>({
  name: 'environments',
  version: 6,
  events: EVENTS,
  indexes: {
    tenant: ({ tenantId, current }) => (current === null ? undefined : tenantId),
    name: ({ tenantId, name }) => environmentNameValue(tenantId, name),
    owner: ({ createdBy }) => createdBy,
    due: (environment) => dueValue(ownerEndDueAt(environment)),
  },
  touches: ({ type, data }) => {
    if (type === 'UserErased' || type === 'UserDeactivated') return [{ where: 'owner', equals: data.userId }];
    return [data.environmentId];
  },
  evolve: (environment, event) => {
    if (event.type === 'EnvironmentCreated') return created(event);
    if (event.type === 'UserErased' || event.type === 'UserDeactivated')
      return environment && withOwnerEnd(environment, ownerEndOf(event));
    return environment && settled(changed(environment, event));
  },
});

/** When the end of the owner's account is to be carried out: at once. */
export function ownerEndDueAt({ ownerEnd }: Pick<EnvironmentDocument, 'ownerEnd'>): number | undefined {
  return ownerEnd === undefined ? undefined : DUE_IMMEDIATELY;
}

function withOwnerEnd(environment: EnvironmentDocument, ownerEnd: OwnerEnd): EnvironmentDocument {
  return environment.createdBy === ownerEnd.userId ? settled({ ...environment, ownerEnd })! : environment;
}

/** Drops the end of the owner's account if it is carried out: the environment was handed over, or no builds are left to cancel. */
function settled(environment: EnvironmentDocument | undefined): EnvironmentDocument | undefined {
  if (environment?.ownerEnd === undefined) return environment;
  const { ownerEnd, ...rest } = environment;
  const isDone =
    ownerEnd.heir === undefined
      ? environment.openBuilds.length === 0
      : environment.createdBy !== ownerEnd.userId;
  return isDone ? rest : environment;
}

export function environmentNameValue(tenantId: string, name: string): string {
  return JSON.stringify([tenantId, name.normalize('NFC')]);
}

export function currentEntry({ generations, current }: EnvironmentDocument): GenerationEntry | undefined {
  return generations.find(({ number }) => number === current);
}

function created({ data, metadata: { at } }: EventOf<'EnvironmentCreated'>): EnvironmentDocument {
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
    openBuilds: [],
    createdAt: at,
    updatedAt: at,
  };
}

function changed(environment: EnvironmentDocument, event: Event): EnvironmentDocument | undefined {
  const { at } = event.metadata;
  switch (event.type) {
    case 'EnvironmentRenamed':
      return { ...environment, name: event.data.name, updatedAt: at };
    case 'EnvironmentBuildRequested':
      return {
        ...environment,
        newestBuild: event.data.build,
        openBuilds: [...environment.openBuilds, event.data.build],
      };
    case 'EnvironmentOwnerChanged':
      return { ...environment, createdBy: event.data.ownerId, updatedAt: at };
    case 'EnvironmentBuilt': {
      const { build, keptFrom } = event.data;
      const kept = environment.generations.filter(({ number }) => number >= keptFrom);
      const generations = [...kept, entry(event)];
      return { ...ended(environment, build), generations, current: build, updatedAt: at };
    }
    case 'EnvironmentPlanned':
    case 'EnvironmentBuildFailed':
    case 'EnvironmentBuildCancelled':
      return ended(environment, event.data.build);
    case 'EnvironmentRolledBack':
      return { ...environment, current: event.data.generation, updatedAt: at };
    case 'EnvironmentDeleted':
      return undefined;
    default:
      return environment;
  }
}

function ended(environment: EnvironmentDocument, build: number): EnvironmentDocument {
  const openBuilds = environment.openBuilds.filter((each) => each !== build);
  return { ...environment, endedBuild: build, openBuilds };
}

function entry({ data, metadata: { at } }: EventOf<'EnvironmentBuilt'>): GenerationEntry {
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
