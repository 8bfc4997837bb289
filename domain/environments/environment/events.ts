import { z } from 'zod';
import { BACKENDS, lock, lockHash, PACKAGE_FAILURES } from '../../drivers/conda/index.js';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { taskNumber } from '../../kernel/task-number.js';
import { OWNER_ENDS } from '../../work/owner-end.js';
import { environmentChange } from './change.js';
import { buildNumber, environmentId, environmentName, generationNumber } from './identifier.js';

/** `not_run`, `timeout` and `lost` concern the build's job. `no_room` means that the result would exceed the tenant's disk quota. */
export const BUILD_FAILURES = [
  'solve',
  'fetch',
  'install',
  'pip',
  'not_run',
  'timeout',
  'lost',
  'no_room',
] as const;

const ofEnvironment = { environmentId };
const ofBuild = { ...ofEnvironment, build: buildNumber };
/** Where the job's result is stored: a revision of the worker's stream. Absent if there is no result. */
const seen = { worker: z.string().optional(), resultAt: z.number().int().nonnegative().optional() };
const named = { name: environmentName, nameReservation: z.string() };

const cancelled = z.strictObject({
  ...ofBuild,
  reason: z.enum(['requested', 'deleted']),
  because: z.enum(OWNER_ENDS).optional(),
});

/**
 * The stream `environment-<uuid>` holds the name, the requests and the generations with their locks, because a run may refer to a generation years
 * later, when the job that solved it no longer exists.
 */
export const environmentEvents = {
  EnvironmentCreated: event(
    z.strictObject({ ...ofEnvironment, ...named, tenantId: z.string(), createdBy: z.string() }),
  ),
  EnvironmentRenamed: event(z.strictObject({ ...ofEnvironment, ...named, before: environmentName })),
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
  EnvironmentBuilt: event(
    z.strictObject({
      ...ofBuild,
      ...seen,
      tenantId: z.string(),
      backend: z.enum(BACKENDS),
      hash: lockHash,
      lock,
      keptFrom: generationNumber,
      disk: z.number().int().nonnegative().nullable(),
    }),
  ),
  EnvironmentPlanned: event(z.strictObject({ ...ofBuild, ...seen })),
  EnvironmentBuildFailed: event(
    z.strictObject({
      ...ofBuild,
      ...seen,
      step: z.enum(BUILD_FAILURES),
      failed: z.array(z.strictObject({ name: z.string(), why: z.enum(PACKAGE_FAILURES) })),
    }),
    { failure: 'always' },
  ),
  /** `because`: the end of the account that owned the environment. */
  EnvironmentBuildCancelled: event(cancelled, { ending: true }),
  /** `ownerId` is an account of the environment's tenant. `because`: how the account ended that owned the environment. */
  EnvironmentOwnerChanged: event(
    z.strictObject({ ...ofEnvironment, ownerId: z.string(), because: z.enum(OWNER_ENDS) }),
  ),
  EnvironmentRolledBack: event(
    z.strictObject({
      ...ofEnvironment,
      generation: generationNumber,
      before: generationNumber,
      requestedBy: z.string(),
    }),
  ),
  EnvironmentReferred: event(z.strictObject({ ...ofEnvironment, taskId: taskNumber })),
  EnvironmentLetGo: event(z.strictObject({ ...ofEnvironment, taskIds: z.array(taskNumber).min(1) })),
  /** `not_built` means that its first build failed. */
  EnvironmentDeleted: event(
    z.strictObject({ ...ofEnvironment, reason: z.enum(['requested', 'not_built']) }),
    { ending: true },
  ),
} as const;

export type EnvironmentEvent = EventsOf<typeof environmentEvents>;
export type EnvironmentEventOf<Type extends EnvironmentEvent['type']> = Extract<
  EnvironmentEvent,
  { type: Type }
>;
