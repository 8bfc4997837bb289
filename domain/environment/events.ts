import { z } from 'zod';
import { BACKENDS, lock, lockHash, PACKAGE_FAILURES } from '../drivers/conda/index.js';
import { event, type EventsOf } from '../event/definition.js';
import { taskNumber } from '../task/identifier.js';
import { environmentChange } from './change.js';
import { buildNumber, environmentId, environmentName, generationNumber } from './identifier.js';

/** Why a build failed: as its solver or installer said, because nothing came of its job, or because what it made is more than its tenant may have. */
export const BUILD_FAILURES = ['solve', 'fetch', 'install', 'pip', 'not_run', 'timeout', 'lost', 'no_room'] as const;

const ofEnvironment = { environmentId };
const ofBuild = { ...ofEnvironment, build: buildNumber };
/** Where its job's result stands: revision of its worker's stream. Absent: it gave none. */
const seen = { worker: z.string().optional(), resultAt: z.number().int().nonnegative().optional() };
const named = { name: environmentName, nameReservation: z.string() };

/**
 * Stream `environment-<uuid>`: what an environment is called, what was asked of it, and its generations, each with its lock: a run refers to one years
 * later, when the job that solved it is long forgotten.
 */
export const environmentEvents = {
  EnvironmentCreated: event(z.strictObject({ ...ofEnvironment, ...named, tenantId: z.string(), createdBy: z.string() })),
  EnvironmentRenamed: event(z.strictObject({ ...ofEnvironment, ...named, before: environmentName })),
  /** `behind`: those that had not ended. They are carried out first. `plan`: what it would make is only to be said. */
  EnvironmentBuildRequested: event(
    z.strictObject({
      ...ofBuild,
      tenantId: z.string(),
      change: environmentChange,
      requestedBy: z.string(),
      behind: z.array(buildNumber),
      plan: z.literal(true).optional(),
    }),
  ),
  /** The environment is what the lock says from now on. Generations below `keptFrom` are not to be gone back to any more. */
  EnvironmentBuilt: event(
    z.strictObject({
      ...{ ...ofBuild, ...seen, tenantId: z.string(), backend: z.enum(BACKENDS), hash: lockHash, lock, keptFrom: generationNumber },
      /** Bytes on disk. */
      disk: z.number().int().nonnegative().nullable(),
    }),
  ),
  /** What the change would make was solved: it stands in what the job gave back. The environment stays as it was. */
  EnvironmentPlanned: event(z.strictObject({ ...ofBuild, ...seen })),
  /** The environment stays as it was. */
  EnvironmentBuildFailed: event(
    z.strictObject({
      ...{ ...ofBuild, ...seen, step: z.enum(BUILD_FAILURES) },
      /** Packages that were asked for and could not be had. */
      failed: z.array(z.strictObject({ name: z.string(), why: z.enum(PACKAGE_FAILURES) })),
    }),
  ),
  EnvironmentBuildCancelled: event(z.strictObject({ ...ofBuild, reason: z.enum(['requested', 'deleted']) })),
  /** Another of its generations is what it is from now on. */
  EnvironmentRolledBack: event(z.strictObject({ ...ofEnvironment, generation: generationNumber, before: generationNumber, requestedBy: z.string() })),
  /** A task runs in it, until it says that it does no more. */
  EnvironmentReferred: event(z.strictObject({ ...ofEnvironment, taskId: taskNumber })),
  EnvironmentLetGo: event(z.strictObject({ ...ofEnvironment, taskIds: z.array(taskNumber).min(1) })),
  /** `not_built`: it never was anything. */
  EnvironmentDeleted: event(z.strictObject({ ...ofEnvironment, reason: z.enum(['requested', 'not_built']) })),
} as const;

export type EnvironmentEvent = EventsOf<typeof environmentEvents>;
export type EnvironmentEventOf<Type extends EnvironmentEvent['type']> = Extract<EnvironmentEvent, { type: Type }>;
