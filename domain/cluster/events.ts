import { z } from 'zod';
import { event, type EventsOf } from '../kernel/event/definition.js';

/** Maximum length of the reason for adopting a fork, in characters. */
export const MAX_REASON = 1_000;

const zoneDataVersion = z.string().regex(/^\d{4}[a-z]{1,2}$/);

/** Maximum number of tasks that the event of a change of the time zone data names. */
export const MAX_MOVED_TASKS = 100;

const instant = z.number().int().nullable();

const zoneDataChanged = z.strictObject({
  version: zoneDataVersion,
  before: zoneDataVersion.optional(),
  moved: z
    .strictObject({
      count: z.number().int().nonnegative(),
      tasks: z
        .array(z.strictObject({ taskId: z.number().int().positive(), before: instant, at: instant }))
        .max(MAX_MOVED_TASKS),
    })
    .optional(),
});

const tree = z.strictObject({ origin: z.string(), size: z.number().int().nonnegative(), root: z.string() });

export const clusterEvents = {
  ClusterCleared: event(z.strictObject({})),
  /** Events of this level may follow. A server that does not support the level stops. */
  ClusterLevelRaised: event(z.strictObject({ level: z.number().int().positive() })),
  /**
   * Slots of schedules are decided with this release of the time zone database from now on, such as `2026f`. Servers with other data decide none.
   * `before` is absent if no slot of a zone with clock changes was decided before. `moved`: how many tasks have slots at other times than with the
   * data before, and of the first of them, by number, the first such slot (`at`, and `before`), in milliseconds since 1970 (null: none). Absent if the server that recorded
   * the change did not have the data before, or did not find the tasks in time.
   */
  ZoneDataChanged: event(zoneDataChanged),
  /**
   * The log was restored, or imported into a different store. Agents, brokers and clients may still hold ids from the previous epoch, so ids that are
   * derived from the log's content are also derived from the epoch.
   */
  LogEpochBegan: event(z.strictObject({ logEpoch: z.uuid(), reason: z.enum(['restored', 'imported']) })),
  /**
   * An administrator accepted that the log does not begin with what was signed, because it was restored from an older copy. `signed`: the tree of the
   * latest checkpoint from before the fork. `log`: the tree of the log when the fork was found. Roots are in base64. Checkpoints that contain this
   * event are named `origin`.
   */
  LogForkAdopted: event(
    z.strictObject({
      reason: z.string().min(1).max(MAX_REASON),
      origin: z.string(),
      signed: tree,
      log: tree,
    }),
  ),
} as const;

export type ClusterEvent = EventsOf<typeof clusterEvents>;

/** A task with slots that move when the time zone data change: the first of them, before and after. */
export type MovedTask = NonNullable<z.infer<typeof zoneDataChanged>['moved']>['tasks'][number];
