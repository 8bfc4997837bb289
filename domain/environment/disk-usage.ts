import { z } from 'zod';
import { lockHash } from '../drivers/conda/index.js';
import { assertNever } from '../errors/index.js';
import type { Decider } from '../event/index.js';
import { event, type EventsOf } from '../event/definition.js';
import { buildNumber, environmentId } from './identifier.js';
import { assertFitsDiskQuota, type DiskUse } from './disk-quota.js';

const generation = z.strictObject({ environmentId, build: buildNumber });

/**
 * Stream `environmentroom-<tenant>`: which generations the room of a tenant is given to. A build's end takes it before the environment says that it is built:
 * of builds that end at once, the one that would pass the bound fails.
 */
export const environmentDiskEvents = {
  EnvironmentRoomTaken: event(
    z.strictObject({
      ...{ tenantId: z.string(), ...generation.shape, hash: lockHash },
      /** Bytes. */
      disk: z.number().int().nonnegative(),
    }),
  ),
  /** These are no more, or never came to be. */
  EnvironmentRoomLeft: event(z.strictObject({ tenantId: z.string(), generations: z.array(generation).min(1) })),
} as const;

export type EnvironmentDiskEvent = EventsOf<typeof environmentDiskEvents>;

/** A generation, by its environment and the build that made it. */
export type GenerationKey = z.infer<typeof generation>;
/** A generation that takes room. */
export type StoredGeneration = GenerationKey & DiskUse;

export interface EnvironmentDiskCommand {
  readonly kind: 'take';
  readonly tenantId: string;
  readonly holder: StoredGeneration;
  /** Bytes that the tenant may have. */
  readonly most: number;
  /** Generations that are there, also from before there was a bound. */
  readonly there: readonly StoredGeneration[];
  /** Of those that have room, the ones that are no more. */
  readonly gone: readonly GenerationKey[];
  /** Generations of the holder's environment before this one go when it is there. */
  readonly keptFrom: number;
}

/** Those that have room, oldest first. */
export type EnvironmentDiskState = readonly StoredGeneration[];

/** The room of one tenant. What has it already leaves no event. Errors: `MUSTER_E_ENVIRONMENT_NO_ROOM`. */
export const environmentDiskDecider: Decider<EnvironmentDiskCommand, EnvironmentDiskEvent, EnvironmentDiskState> = {
  initialState: [],
  decide({ tenantId, holder, most, there, gone, keptFrom }, state) {
    if (state.some(isSameGeneration(holder))) return [];
    const left = state.filter((each) => gone.some(isSameGeneration(each)));
    const has = state.filter((each) => !left.includes(each));
    const others = [...has, ...there.filter((each) => !state.some(isSameGeneration(each)))].filter((each) => !isReplaced(each, holder, keptFrom));
    assertFitsDiskQuota(holder, others, most);
    const { environmentId: of, build, hash, disk } = holder;
    const taken: EnvironmentDiskEvent = { type: 'EnvironmentRoomTaken', data: { tenantId, environmentId: of, build, hash, disk: disk ?? 0 } };
    if (left.length === 0) return [taken];
    const generations = left.map((each) => ({ environmentId: each.environmentId, build: each.build }));
    return [{ type: 'EnvironmentRoomLeft', data: { tenantId, generations } }, taken];
  },
  evolve(state, { type, data }) {
    switch (type) {
      case 'EnvironmentRoomTaken':
        return [...state, { environmentId: data.environmentId, build: data.build, hash: data.hash, disk: data.disk }];
      case 'EnvironmentRoomLeft':
        return state.filter((each) => !data.generations.some(isSameGeneration(each)));
      default:
        return assertNever(type);
    }
  },
};

function isSameGeneration(one: GenerationKey): (other: GenerationKey) => boolean {
  return (other) => other.environmentId === one.environmentId && other.build === one.build;
}

function isReplaced(each: GenerationKey, holder: GenerationKey, keptFrom: number): boolean {
  return each.environmentId === holder.environmentId && each.build < keptFrom;
}
