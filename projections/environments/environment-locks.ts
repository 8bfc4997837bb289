import { lockText, type Lock } from '#domain/drivers/conda/index.js';
import { environmentEvents } from '#domain/environments/environment/events.js';
import { only } from '#domain/kernel/event/index.js';
import { projection } from '#domain/kernel/projection.js';

/** `environmentLocks`, id = environment and generation. Indexes: `environment`, `hash`. */
export interface EnvironmentLockDocument {
  readonly environmentId: string;
  readonly tenantId: string;
  readonly generation: number;
  readonly hash: string;
  readonly lock: Lock;
}

const EVENTS = only(environmentEvents, 'EnvironmentBuilt', 'EnvironmentDeleted');

/**
 * Locks of all generations, because a run may still use one that is no longer available for rollbacks. They are deleted together with their
 * environment.
 */
export const environmentLocks = projection<EnvironmentLockDocument, typeof EVENTS>({
  name: 'environmentLocks',
  version: 1,
  events: EVENTS,
  indexes: {
    environment: ({ environmentId }) => environmentId,
    hash: ({ hash }) => hash,
  },
  touches: ({ type, data }) => {
    if (type === 'EnvironmentBuilt') return [lockId(data.environmentId, data.build)];
    return [{ where: 'environment', equals: data.environmentId }];
  },
  evolve: (known, { type, data }) => {
    if (type !== 'EnvironmentBuilt') return undefined;
    const { environmentId, tenantId, build, hash, lock } = data;
    return known ?? { environmentId, tenantId, generation: build, hash, lock };
  },
});

export function lockId(environmentId: string, generation: number): string {
  return `${environmentId}.${generation}`;
}

export function environmentOf(id: string): string {
  return id.slice(0, id.lastIndexOf('.'));
}

/** Returns the text that nodes receive. Its SHA-256 is the lock's hash. */
export function textOfLock({ lock }: EnvironmentLockDocument): string {
  return lockText(lock);
}
