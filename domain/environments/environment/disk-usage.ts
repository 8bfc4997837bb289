import { z } from 'zod';
import { lockHash } from '../../drivers/conda/index.js';
import { assertNever } from '../../kernel/errors/index.js';
import type { Decider } from '../../kernel/event/index.js';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { buildNumber, environmentId } from './identifier.js';
import { assertFitsDiskQuota, type DiskUse } from './disk-quota.js';

const generation = z.strictObject({ environmentId, build: buildNumber });

/**
 * The stream `environmentroom-<tenant>` records the generations that count against a tenant's disk quota. A build reserves its disk space here before
 * its environment records the result. If several builds end at the same time, only those within the quota succeed.
 */
export const environmentDiskEvents = {
  EnvironmentRoomTaken: event(
    z.strictObject({
      tenantId: z.string(),
      ...generation.shape,
      hash: lockHash,
      disk: z.number().int().nonnegative(),
    }),
  ),
  /** These generations were removed or never created. */
  EnvironmentRoomLeft: event(
    z.strictObject({ tenantId: z.string(), generations: z.array(generation).min(1) }),
  ),
} as const;

export type EnvironmentDiskEvent = EventsOf<typeof environmentDiskEvents>;

export type GenerationKey = z.infer<typeof generation>;
export type StoredGeneration = GenerationKey & DiskUse;

export interface EnvironmentDiskCommand {
  readonly kind: 'take';
  readonly tenantId: string;
  readonly holder: StoredGeneration;
  /** The tenant's quota in bytes. */
  readonly most: number;
  readonly there: readonly StoredGeneration[];
  readonly gone: readonly GenerationKey[];
  readonly keptFrom: number;
}

export type EnvironmentDiskState = readonly StoredGeneration[];

/** Repeating a reservation appends nothing. Throws `MUSTER_E_ENVIRONMENT_NO_ROOM`. */
export const environmentDiskDecider: Decider<
  EnvironmentDiskCommand,
  EnvironmentDiskEvent,
  EnvironmentDiskState
> = {
  initialState: [],
  decide({ tenantId, holder, most, there, gone, keptFrom }, state) {
    if (state.some(isSameGeneration(holder))) return [];
    const left = state.filter((each) => gone.some(isSameGeneration(each)));
    const has = state.filter((each) => !left.includes(each));
    const others = [...has, ...there.filter((each) => !state.some(isSameGeneration(each)))].filter(
      (each) => !isReplaced(each, holder, keptFrom),
    );
    assertFitsDiskQuota(holder, others, most);
    const { environmentId: of, build, hash, disk } = holder;
    const taken: EnvironmentDiskEvent = {
      type: 'EnvironmentRoomTaken',
      data: { tenantId, environmentId: of, build, hash, disk: disk ?? 0 },
    };
    if (left.length === 0) return [taken];
    const generations = left.map((each) => ({ environmentId: each.environmentId, build: each.build }));
    return [{ type: 'EnvironmentRoomLeft', data: { tenantId, generations } }, taken];
  },
  evolve(state, { type, data }) {
    switch (type) {
      case 'EnvironmentRoomTaken':
        return [
          ...state,
          { environmentId: data.environmentId, build: data.build, hash: data.hash, disk: data.disk },
        ];
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
